/* Whether linear layers that read the same activations are packed as one matrix: q, k and v, and gate and up.
 */
#ifndef TERN_HARNESS_PLAN_MERGE_H
#define TERN_HARNESS_PLAN_MERGE_H

enum tern_merge {
    TERN_MERGE_AUTO, /* where wisdom measured it to be faster; else q, k and v where their rows then divide
                        more evenly among the threads */
    TERN_MERGE_NEVER,
    TERN_MERGE_ALWAYS
};

#endif
