// libpcap. Its classic instruction and the extended one of linux/bpf.h are both called `struct bpf_insn`, and a program that
// knows both can't be compiled: here it has another name. A struct's tag is in no symbol, so nothing else changes.
#pragma once
#define bpf_insn pcap_bpf_insn
#include <pcap/pcap.h>
#undef bpf_insn
#include <stdio.h>
