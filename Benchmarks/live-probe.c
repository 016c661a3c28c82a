// Sends 60-byte XDP live frames from one end of a veth pair to the other, with the least that programs can do: the ceiling for vethmark's xdp engine and receiver.
//
// Usage: ip netns exec NEAR live-probe OBJECT TX RX FAR-NAMESPACE SECONDS CPU timed|untimed
// Prints {"sent":…,"received":…,"seconds":…,"pps":…}.
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct book {
    uint64_t next, received, highest, late, nanoseconds, greatest;
};

static void woken(int signal_number) { (void)signal_number; }

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int must(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "live-probe: %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: live-probe OBJECT TX RX FAR-NAMESPACE SECONDS CPU timed|untimed\n");
        return 64;
    }
    double seconds = atof(argv[5]);
    int timed = strcmp(argv[7], "timed") == 0;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(atoi(argv[6]), &cpus);
    must(sched_setaffinity(0, sizeof cpus, &cpus), "sched_setaffinity");
    unsigned tx = if_nametoindex(argv[2]);
    if (!tx)
        must(-1, argv[2]);

    struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
    if (!object)
        must(-1, argv[1]);
    size_t size;
    struct bpf_map *constants = bpf_object__find_map_by_name(object, ".rodata");
    if (!constants)
        must(-1, "the constants of the programs");
    uint32_t *first = (uint32_t *)bpf_map__initial_value(constants, &size);
    *first = tx;
    must(bpf_object__load(object), "loading the programs");
    int books = must(bpf_object__find_map_fd_by_name(object, "books"), "the book");
    const char *names[] = {timed ? "make_timed" : "make_untimed", timed ? "count_timed" : "count_untimed"};
    int make = bpf_program__fd(bpf_object__find_program_by_name(object, names[0]));
    int count = bpf_program__fd(bpf_object__find_program_by_name(object, names[1]));

    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", argv[4]);
    int near = must(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "this namespace");
    int far = must(open(path, O_RDONLY | O_CLOEXEC), path);
    must(setns(far, CLONE_NEWNET), "entering the far namespace");
    unsigned rx = if_nametoindex(argv[3]);
    if (!rx)
        must(-1, argv[3]);
    must(bpf_xdp_attach((int)rx, count, XDP_FLAGS_DRV_MODE, NULL), "attaching the counting program");
    must(setns(near, CLONE_NEWNET), "coming back");

    unsigned char frame[60] = {0x02, 0x76, 0x6d, 0, 0, 0xfe, 0x02, 0x76, 0x6d, 0, 0, 0x0a, 0x08, 0x00, 0x45, 0, 0, 46};
    struct xdp_md context = {.data_end = sizeof frame, .ingress_ifindex = tx};
    struct sigaction action = {.sa_handler = woken};
    must(sigaction(SIGALRM, &action, NULL), "sigaction");
    // Again and again, should the first come before the call is entered.
    struct itimerval timer = {.it_value = {(time_t)seconds, (suseconds_t)((seconds - (time_t)seconds) * 1e6)}, .it_interval = {0, 1000}};
    double start = now(), end;
    must(setitimer(ITIMER_REAL, &timer, NULL), "setitimer");
    do {
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = sizeof frame, .ctx_in = &context, .ctx_size_in = sizeof context,
                    .repeat = 1 << 30, .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = 64);
        if (bpf_prog_test_run_opts(make, &options) < 0 && errno != EINTR)
            must(-1, "BPF_PROG_RUN");
        end = now();
    } while (end - start < seconds);
    struct itimerval none = {0};
    setitimer(ITIMER_REAL, &none, NULL);
    usleep(20000);

    struct book book;
    uint32_t zero = 0;
    must(bpf_map_lookup_elem(books, &zero, &book), "reading the book");
    must(setns(far, CLONE_NEWNET), "entering the far namespace");
    bpf_xdp_detach((int)rx, XDP_FLAGS_DRV_MODE, NULL);
    printf("{\"sent\":%llu,\"received\":%llu,\"late\":%llu,\"seconds\":%.6f,\"pps\":%.1f}\n", (unsigned long long)book.next,
           (unsigned long long)book.received, (unsigned long long)book.late, end - start, (double)book.received / (end - start));
    return 0;
}
