#include "models/tokenizer/chat_template.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* Jinja programs written after the ones that the models come with: same frames, other loops and white space.
 */
static const struct {
    const char *name, *text;
} known[] = {
    {"llama3",
     "{% set loop_messages = messages %}{% for message in loop_messages %}"
     "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ "
     "message['content'] "
     "| trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}"
     "{{ content }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}"},
    {"bitnet", "{% for message in messages %}{% set content = message['role'] | capitalize + ': '+ "
               "message['content'] | trim + '<|eot_id|>' %}{{ content }}{% endfor %}"
               "{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}"},
    {"bitnet",
     "{%- for message in messages %}{%- if message['role'] == \"system\" %}{{ \"System: \" + "
     "message['content'] + \"<|eot_id|>\" }}{%- else %}{{ \"User: \" + message['content'] + \"<|eot_id|>\" }}"
     "{%- endif %}{%- endfor %}{{ \"Assistant: \" }}"},
    {"bitnet",
     "{% for message in messages %}{% if message['role'] == 'user' %}{{ 'Human: ' + message['content'] + "
     "'\\n\\nBITNETAssistant: ' + eos_token }}{% endif %}{% endfor %}"},
    {"falcon3", "{%- for message in messages %}{%- if message['role'] == 'system' %}{{- '<|system|>\\n' + "
                "message['content'] + '\\n' }}{%- elif message['role'] == 'user' %}{{- '<|user|>\\n' + "
                "message['content'] + '\\n' }}{%- endif %}{%- endfor %}{{- '<|assistant|>\\n' }}"},
    {"chatml",
     "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + "
     "'<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
     "{% endif %}"},
    {"chatml",
     "{%- for m in messages %}\n  {{- \"<|im_start|>\" + m.role + \"\n\" + m.content + \"<|im_end|>\n\" }}\n"
     "{%- endfor %}\n{{- \"<|im_start|>assistant\n\" }}"},
};

static const char *const unknown[] = {
    "",
    "{{ bos_token }}{% for m in messages %}[INST] {{ m['content'] }} [/INST]{% endfor %}",
    "{% for message in messages %}{{'<|user|>\\n' + message['content'] + '<|end|>\\n<|assistant|>\\n'}}{% "
    "endfor %}",
    "{% for message in messages %}{{ '<start_of_turn>' + message['role'] + '\\n' }}{% endfor %}",
    "{% for message in messages %}{{ message['role'] | capitalize + ': ' + message['content'] + '\\n' }}{% "
    "endfor %}",
    "<|im_start|>{{ x }}<|im_sep|>{{ y }}<|im_end|><|im_start|>assistant<|im_sep|>",
    "a template that mentions <|im_start|> only",
};

Test(chat_template, those_of_the_models_are_recognised) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct tern_chat_template *t =
            tern_chat_template_of(known[i].text, strlen(known[i].text), NULL);
        cr_assert(t != NULL, "%zu: %s", i, known[i].name);
        cr_assert(eq(str, (char *)t->name, (char *)known[i].name), "%zu", i);
    }
}

Test(chat_template, the_placeholder_of_a_converter_is_told) {
    const char *note;
    cr_assert(tern_chat_template_of(known[3].text, strlen(known[3].text), &note) && note &&
              strstr(note, "Human"));
    cr_assert(tern_chat_template_of(known[1].text, strlen(known[1].text), &note) && !note);
}

Test(chat_template, others_are_not_guessed) {
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        cr_assert(tern_chat_template_of(unknown[i], strlen(unknown[i]), NULL) == NULL, "%zu", i);
}

Test(chat_template, bytes_of_any_kind_are_read_without_harm) {
    static char text[4096];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 37 + i / 256);
    text[sizeof text - 1] = '\\';
    for (size_t n = 0; n <= sizeof text; n += 61) cr_assert(tern_chat_template_of(text, n, NULL) == NULL);
    cr_assert(tern_chat_template_of(text, sizeof text, NULL) == NULL);
}

Test(chat_template, turns_are_framed_and_trimmed) {
    static const struct {
        const char *name, *first, *second;
    } turn[] = {
        {"llama3",
         "<|start_header_id|>system<|end_header_id|>\n\nBe "
         "brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
         "Hi there<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
         "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi there<|eot_id|>"
         "<|start_header_id|>assistant<|end_header_id|>\n\n"},
        {"bitnet", "System: Be brief.<|eot_id|>User: Hi there<|eot_id|>Assistant: ",
         "<|eot_id|>User: Hi there<|eot_id|>Assistant: "},
        {"falcon3", "<|system|>\nBe brief.\n<|user|>\nHi there\n<|assistant|>\n",
         "<|endoftext|>\n<|user|>\nHi there\n<|assistant|>\n"},
        {"chatml",
         "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi there<|im_end|>\n"
         "<|im_start|>assistant\n",
         "<|im_end|>\n<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\n"},
        {"none", "  Hi there\n", "  Hi there\n"},
    };
    size_t count;
    tern_chat_templates(&count);
    cr_assert(eq(sz, count, sizeof turn / sizeof *turn));
    for (size_t i = 0; i < count; i++) {
        const struct tern_chat_template *t;
        cr_assert(tern_chat_template_named(turn[i].name, &t, NULL) == TERN_OK);
        char *a = tern_chat_turn(t, 1, " Be brief. ", "  Hi there\n"),
             *b = tern_chat_turn(t, 0, "x", "  Hi there\n");
        cr_assert(eq(str, a, (char *)turn[i].first));
        cr_assert(eq(str, b, (char *)turn[i].second));
        free(a);
        free(b);
        if (i + 1 == count) continue;
        a = tern_chat_turn(t, 1, "  ", "x"); /* an empty system text is none */
        b = tern_chat_turn(t, 1, NULL, "x");
        cr_assert(eq(str, a, b));
        free(a);
        free(b);
    }
}

Test(chat_template, an_unknown_name_is_answered_with_all_names) {
    const struct tern_chat_template *t;
    struct tern_error e = {""};
    cr_assert(tern_chat_template_named("llama4", &t, &e) == TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "llama3") != NULL && strstr(e.text, "none") != NULL, "%s", e.text);
}
