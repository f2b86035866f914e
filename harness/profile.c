#include "harness/profile.h"

static const struct {
    const char *name, *group;
} operation[TERN_OPERATIONS] = {
    [TERN_SPENT_NORM] = {"norm", "norm"},           [TERN_SPENT_QUANTISE] = {"quantise", "norm"},
    [TERN_SPENT_TABLES] = {"tables", "linear"},     [TERN_SPENT_MULTIPLY] = {"multiply", "linear"},
    [TERN_SPENT_EPILOGUE] = {"epilogue", "linear"}, [TERN_SPENT_ROPE] = {"rope", "attention"},
    [TERN_SPENT_SCORES] = {"scores", "attention"},  [TERN_SPENT_SOFTMAX] = {"softmax", "attention"},
    [TERN_SPENT_GATHER] = {"gather", "attention"},  [TERN_SPENT_HEAD] = {"head", "head"},
    [TERN_SPENT_WAIT] = {"wait", "wait"},           [TERN_SPENT_OTHER] = {"other", "other"},
};

double tern_spent_linear(const double spent[TERN_OPERATIONS]) {
    return spent[TERN_SPENT_QUANTISE] + spent[TERN_SPENT_TABLES] + spent[TERN_SPENT_MULTIPLY] +
           spent[TERN_SPENT_EPILOGUE] + spent[TERN_SPENT_WAIT];
}

const char *tern_spent_name(enum tern_operation o) {
    return operation[o].name;
}

const char *tern_spent_group(enum tern_operation o) {
    return operation[o].group;
}
