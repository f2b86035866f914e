/* How the plan of a model was judged, as text and as JSON. */
#include "cli/tune/tune.h"

#include "harness/timing/e2e.h"
#include "measure/records/json_text.h"
#include "tuner/wisdom/mix.h"

#include <math.h>
#include <stdio.h>

static json_t *json_phase(const struct tern_plan_final_phase *seen, const struct tern_plan_phase *p) {
    json_t *o = json_pack("{s:s}", "choices", p->untuned ? "untuned" : "tuned");
    if (!isnan(seen->predicted))
        json_object_set_new(o, "predicted_ms_per_token", json_real(1e3 * seen->predicted));
    json_object_set_new(o, "measured_ms_per_token", json_real(1e3 * seen->measured.median));
    json_object_set_new(o, "rounds", json_integer((json_int_t)seen->measured.n));
    if (p->over.n) {
        json_object_set_new(o, "tuned_over_untuned", json_real(p->over.median));
        if (!isnan(p->over.ci_lo))
            json_object_set_new(o, "ci95", json_pack("[f,f]", p->over.ci_lo, p->over.ci_hi));
    }
    return o;
}

static json_t *json_plan(const char *model, const struct tern_plan_final *f, size_t prompt) {
    json_t *list = json_array();
    for (size_t i = 0; i < f->shapes; i++)
        json_array_append_new(list, json_pack("{s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)f->shape[i].m,
                                              "k", (json_int_t)f->shape[i].k, "layout", f->shape[i].layout,
                                              "decode", f->shape[i].decode, "prefill", f->shape[i].prefill));
    json_t *o = json_pack("{s:o, s:I, s:I, s:o, s:o}", "model", tern_json_text(model), "threads",
                          (json_int_t)f->verdict.threads, "prompt_tokens", (json_int_t)prompt, "shapes", list,
                          "decode", json_phase(&f->decode, &f->verdict.decode));
    json_object_set_new(o, "prefill",
                        f->prefill.measured.n ? json_phase(&f->prefill, &f->verdict.prefill) : json_null());
    return o;
}

static void say_phase(const char *name, const struct tern_plan_final_phase *seen,
                      const struct tern_plan_phase *p) {
    const struct tern_estimate *m = &seen->measured;
    const double over = m->median / seen->predicted;
    printf("     %s: ", name);
    if (isnan(seen->predicted))
        printf("not predicted, because a shape was not measured");
    else
        printf("predicted %.3f ms/token (sum of medians)", 1e3 * seen->predicted);
    printf(", measured %.3f", 1e3 * m->median);
    if (!isnan(m->ci_lo)) printf(" [%.3f, %.3f]", 1e3 * m->ci_lo, 1e3 * m->ci_hi);
    printf(" n=%zu", m->n);
    if (!isnan(over)) printf(", %.2f of predicted", over);
    if (fabs(over - 1) > TERN_E2E_TOLERANCE)
        printf(" (MORE THAN 10 %% APART: %s)",
               over > 1 ? "more busy here than when kernels were timed, or the engine costs more"
                        : "more busy when kernels were timed than here");
    if (!p->over.n)
        printf("; the same as untuned\n");
    else if (isnan(p->over.ci_lo))
        printf("; tuned over untuned %.3f: %s\n", p->over.median,
               p->untuned ? "untuned stays" : "tuned is used");
    else
        printf("; tuned over untuned %.3f [%.3f, %.3f]: %s\n", p->over.median, p->over.ci_lo, p->over.ci_hi,
               p->untuned ? "untuned stays" : "tuned is used");
}

static void say_plan(const char *model, const struct tern_plan_final *f, const struct tern_mix *mix,
                     size_t prompt, const struct tern_hparams *hp) {
    char text[64];
    tern_mix_text(mix, text, sizeof text);
    printf("plan of %s, %zu thread%s, mix %s: the linear layers in the engine (%zu of %u layers of random "
           "weights, times "
           "%.1f)\n",
           model, f->verdict.threads, f->verdict.threads > 1 ? "s" : "", text, f->layers,
           (unsigned)hp->layers, (double)hp->layers / (double)f->layers);
    say_phase("decode", &f->decode, &f->verdict.decode);
    char name[40];
    snprintf(name, sizeof name, "prefill of %zu", prompt);
    if (f->prefill.measured.n) say_phase(name, &f->prefill, &f->verdict.prefill);
    for (size_t i = 0; i < f->shapes; i++)
        printf("     %zux%zu  %s  %s, %s\n", f->shape[i].m, f->shape[i].k, f->shape[i].layout,
               f->shape[i].decode, f->shape[i].prefill);
}

void tern_tune_view_plan(struct tern_tune_view *v, const struct tern_hparams *hp, const struct tern_mix *mix,
                         const struct tern_plan_final *f, size_t prompt) {
    if (v->json) {
        json_array_append_new(v->judged, json_plan(hp->name, f, prompt));
        return;
    }
    if (v->verbose) say_plan(hp->name, f, mix, prompt, hp);
    if (v->plans == TERN_TUNE_PLANS) return;
    struct tern_tune_plan *p = &v->plan[v->plans++];
    *p = (struct tern_tune_plan){.prompt = prompt, .final = *f};
    snprintf(p->model, sizeof p->model, "%s", hp->name);
}
