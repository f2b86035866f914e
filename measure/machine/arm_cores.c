/* Numbers of implementers and parts: Linux arch/arm64/include/asm/cputype.h and the cores' reference manuals. */
#include "measure/machine/arm_cores.h"

enum {
    ARM = 0x41,
    CAVIUM = 0x43,
    FUJITSU = 0x46,
    HISILICON = 0x48,
    NVIDIA = 0x4e,
    QUALCOMM = 0x51,
    SAMSUNG = 0x53,
    APPLE = 0x61,
    MICROSOFT = 0x6d,
    AMPERE = 0xc0
};

static const struct {
    int implementer;
    const char *name;
} implementers[] = {{ARM, "Arm"},
                    {CAVIUM, "Cavium"},
                    {FUJITSU, "Fujitsu"},
                    {HISILICON, "HiSilicon"},
                    {NVIDIA, "NVIDIA"},
                    {QUALCOMM, "Qualcomm"},
                    {SAMSUNG, "Samsung"},
                    {APPLE, "Apple"},
                    {MICROSOFT, "Microsoft"},
                    {AMPERE, "Ampere"}};

#define LITTLE TERN_ARM_LITTLE
#define MID    TERN_ARM_MID
#define BIG    TERN_ARM_BIG

static const struct tern_arm_core cores[] = {
    {ARM, 0xd04, "cortex-a35", "Cortex-A35", LITTLE, 32, 512},
    {ARM, 0xd03, "cortex-a53", "Cortex-A53", LITTLE, 32, 512},
    {ARM, 0xd05, "cortex-a55", "Cortex-A55", LITTLE, 32, 128},
    {ARM, 0xd46, "cortex-a510", "Cortex-A510", LITTLE, 32, 256},
    {ARM, 0xd80, "cortex-a520", "Cortex-A520", LITTLE, 32, 256},
    {ARM, 0xd07, "cortex-a57", "Cortex-A57", MID, 32, 1024},
    {ARM, 0xd08, "cortex-a72", "Cortex-A72", MID, 32, 1024},
    {ARM, 0xd09, "cortex-a73", "Cortex-A73", MID, 32, 1024},
    {ARM, 0xd0a, "cortex-a75", "Cortex-A75", MID, 64, 256},
    {ARM, 0xd0b, "cortex-a76", "Cortex-A76", MID, 64, 512},
    {ARM, 0xd0d, "cortex-a77", "Cortex-A77", MID, 64, 512},
    {ARM, 0xd41, "cortex-a78", "Cortex-A78", MID, 64, 512},
    {ARM, 0xd42, "cortex-a78ae", "Cortex-A78AE", MID, 64, 256},
    {ARM, 0xd4b, "cortex-a78c", "Cortex-A78C", MID, 64, 512},
    {ARM, 0xd47, "cortex-a710", "Cortex-A710", MID, 64, 512},
    {ARM, 0xd4d, "cortex-a715", "Cortex-A715", MID, 64, 512},
    {ARM, 0xd81, "cortex-a720", "Cortex-A720", MID, 64, 512},
    {ARM, 0xd87, "cortex-a725", "Cortex-A725", MID, 64, 512},
    {ARM, 0xd44, "cortex-x1", "Cortex-X1", BIG, 64, 1024},
    {ARM, 0xd48, "cortex-x2", "Cortex-X2", BIG, 64, 1024},
    {ARM, 0xd4e, "cortex-x3", "Cortex-X3", BIG, 64, 1024},
    {ARM, 0xd82, "cortex-x4", "Cortex-X4", BIG, 64, 2048},
    {ARM, 0xd85, "cortex-x925", "Cortex-X925", BIG, 64, 2048},
    {ARM, 0xd0c, "neoverse-n1", "Neoverse N1", BIG, 64, 1024},
    {ARM, 0xd49, "neoverse-n2", "Neoverse N2", BIG, 64, 1024},
    {ARM, 0xd8e, "neoverse-n3", "Neoverse N3", BIG, 64, 1024},
    {ARM, 0xd40, "neoverse-v1", "Neoverse V1", BIG, 64, 1024},
    {ARM, 0xd4f, "neoverse-v2", "Neoverse V2", BIG, 64, 1024},
    {ARM, 0xd84, "neoverse-v3", "Neoverse V3", BIG, 64, 2048},
    {MICROSOFT, 0xd49, "neoverse-n2", "Cobalt 100 (Neoverse N2)", BIG, 64, 1024},
    {CAVIUM, 0x0af, "thunderx2", "ThunderX2", BIG, 32, 256},
    {FUJITSU, 0x001, "a64fx", "A64FX", BIG, 64, 8192},
    {HISILICON, 0xd01, "tsv110", "Kunpeng 920", BIG, 64, 512},
    {NVIDIA, 0x004, "carmel", "Carmel", BIG, 64, 2048},
    {QUALCOMM, 0x803, "cortex-a55", "Kryo 385 Silver", LITTLE, 32, 128},
    {QUALCOMM, 0x805, "cortex-a55", "Kryo 485 Silver", LITTLE, 32, 128},
    {QUALCOMM, 0x802, "cortex-a75", "Kryo 385 Gold", MID, 64, 256},
    {QUALCOMM, 0x804, "cortex-a76", "Kryo 485 Gold", MID, 64, 256},
    {QUALCOMM, 0x001, "oryon", "Oryon", BIG, 96, 12288},
    {APPLE, 0x022, "icestorm", "M1 Icestorm", LITTLE, 64, 4096},
    {APPLE, 0x024, "icestorm", "M1 Pro Icestorm", LITTLE, 64, 4096},
    {APPLE, 0x028, "icestorm", "M1 Max Icestorm", LITTLE, 64, 4096},
    {APPLE, 0x023, "firestorm", "M1 Firestorm", BIG, 128, 12288},
    {APPLE, 0x025, "firestorm", "M1 Pro Firestorm", BIG, 128, 12288},
    {APPLE, 0x029, "firestorm", "M1 Max Firestorm", BIG, 128, 12288},
    {APPLE, 0x032, "blizzard", "M2 Blizzard", LITTLE, 64, 4096},
    {APPLE, 0x034, "blizzard", "M2 Pro Blizzard", LITTLE, 64, 4096},
    {APPLE, 0x038, "blizzard", "M2 Max Blizzard", LITTLE, 64, 4096},
    {APPLE, 0x033, "avalanche", "M2 Avalanche", BIG, 128, 16384},
    {APPLE, 0x035, "avalanche", "M2 Pro Avalanche", BIG, 128, 16384},
    {APPLE, 0x039, "avalanche", "M2 Max Avalanche", BIG, 128, 16384},
    {AMPERE, 0xac3, "ampere1", "AmpereOne", BIG, 64, 2048},
    {AMPERE, 0xac4, "ampere1a", "AmpereOne A", BIG, 64, 2048},
};

const struct tern_arm_core *tern_arm_core(int implementer, int part) {
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (cores[i].implementer == implementer && cores[i].part == part) return &cores[i];
    return NULL;
}

const char *tern_arm_implementer(int implementer) {
    for (size_t i = 0; i < sizeof implementers / sizeof *implementers; i++)
        if (implementers[i].implementer == implementer) return implementers[i].name;
    return NULL;
}

struct tern_midr tern_midr_of(uint64_t midr) {
    return (struct tern_midr){.implementer = (int)(midr >> 24 & 0xff),
                              .variant = (int)(midr >> 20 & 0xf),
                              .part = (int)(midr >> 4 & 0xfff),
                              .revision = (int)(midr & 0xf)};
}

int tern_arm_design_of(uint64_t midr) {
    const struct tern_midr id = tern_midr_of(midr);
    return id.implementer << 12 | id.part;
}

const struct tern_arm_core *tern_arm_design(int design) {
    return tern_arm_core(design >> 12, design & 0xfff);
}
