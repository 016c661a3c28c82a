// libpcap. Its pcap/bpf.h and linux/bpf.h both define `bpf_insn`: never include both.
#pragma once
#include <pcap/pcap.h>
#include <stdio.h>
