// Counts the frames that arrive at an interface, for senders that bring no receiver of their own: the same
// TPACKET_V3 ring as vethmark's receiver (64 blocks of 128 KiB, 4 ms), and no look at any frame.
//
// Usage: count-frames IF SECONDS CPU SNAP
// Prints {"packets":…,"drops":…,"seconds":…,"pps":…}: pps over the time between the first and the last frame's block.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: count-frames IF SECONDS CPU SNAP\n");
        return 64;
    }
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(atoi(argv[3]), &cpus);
    must(sched_setaffinity(0, sizeof cpus, &cpus), "sched_setaffinity");

    enum { BLOCK = 131072, BLOCKS = 64 };
    int descriptor = socket(AF_PACKET, SOCK_RAW, 0);
    must(descriptor, "socket");
    int version = TPACKET_V3;
    must(setsockopt(descriptor, SOL_PACKET, PACKET_VERSION, &version, sizeof version), "PACKET_VERSION");
    if (atoi(argv[4]) > 0) {
        struct sock_filter keep = {BPF_RET | BPF_K, 0, 0, (unsigned)atoi(argv[4])};
        struct sock_fprog program = {1, &keep};
        must(setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), "SO_ATTACH_FILTER");
    }
    struct tpacket_req3 request = {
        .tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = 2048, .tp_frame_nr = BLOCK / 2048 * BLOCKS,
        .tp_retire_blk_tov = 4};
    must(setsockopt(descriptor, SOL_PACKET, PACKET_RX_RING, &request, sizeof request), "PACKET_RX_RING");
    char *ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (ring == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(argv[1])};
    must(bind(descriptor, (struct sockaddr *)&address, sizeof address), "bind");
    struct packet_mreq promiscuous = {.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    must(setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous), "promiscuous");
    signal(SIGTERM, stop);
    signal(SIGINT, stop);

    double end = now() + atof(argv[2]);
    uint64_t packets = 0, first = 0, last = 0, counted = 0;
    unsigned block = 0;
    while (!stopped && now() < end) {
        struct tpacket_block_desc *description = (void *)(ring + (size_t)block * BLOCK);
        if (!(__atomic_load_n(&description->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
            struct pollfd entry = {.fd = descriptor, .events = POLLIN};
            poll(&entry, 1, 10);
            continue;
        }
        unsigned frames = description->hdr.bh1.num_pkts;
        uint64_t opened = description->hdr.bh1.ts_first_pkt.ts_sec * 1000000000ull + description->hdr.bh1.ts_first_pkt.ts_nsec;
        uint64_t closed = description->hdr.bh1.ts_last_pkt.ts_sec * 1000000000ull + description->hdr.bh1.ts_last_pkt.ts_nsec;
        if (first == 0)
            first = opened;
        packets += frames;
        counted += frames;
        last = closed;
        __atomic_store_n(&description->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        block = (block + 1) % BLOCKS;
    }
    struct tpacket_stats_v3 statistics;
    socklen_t size = sizeof statistics;
    getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
    double seconds = last > first ? (last - first) / 1e9 : 0;
    printf("{\"packets\":%llu,\"drops\":%u,\"seconds\":%.6f,\"pps\":%.1f}\n", (unsigned long long)packets,
           statistics.tp_drops, seconds, seconds > 0 ? counted / seconds : 0);
    return 0;
}
