#pragma once
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

// Macros with shifts, which Swift doesn't import.
enum {
    CL_BPF_F_TEST_XDP_LIVE_FRAMES = BPF_F_TEST_XDP_LIVE_FRAMES,
    CL_BPF_F_MMAPABLE = BPF_F_MMAPABLE,
    CL_BPF_F_RDONLY_PROG = BPF_F_RDONLY_PROG,
    CL_XDP_FLAGS_DRV_MODE = XDP_FLAGS_DRV_MODE,
    CL_XDP_FLAGS_SKB_MODE = XDP_FLAGS_SKB_MODE,
};
