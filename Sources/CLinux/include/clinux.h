// What Swift can't import by itself: macros with arguments, `_GNU_SOURCE` calls, and system calls
// without a libc wrapper. Nothing here decides anything.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <linux/virtio_net.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

// linux/if_packet.h: macros that hold a sizeof
enum {
    CL_TPACKET2_HDRLEN = TPACKET2_HDRLEN,
    CL_TPACKET3_HDRLEN = TPACKET3_HDRLEN,
    CL_TPACKET_ALIGNMENT = TPACKET_ALIGNMENT,
    // linux/virtio_net.h since 6.2
    CL_VIRTIO_NET_HDR_GSO_UDP_L4 = 5,
};

// asm/socket.h since 5.14, linux/netconf.h since 6.17
enum {
    CL_SO_NETNS_COOKIE = 71,
    CL_NETCONFA_FORCE_FORWARDING = 9,
};

// linux/if_xdp.h: macros with shifts
enum {
    CL_XDP_COPY = XDP_COPY,
    CL_XDP_USE_NEED_WAKEUP = XDP_USE_NEED_WAKEUP,
    // since 6.17
    CL_XDP_MAX_TX_SKB_BUDGET = 9,
};

// sys/mount.h: an anonymous enum, whose type differs between C libraries
enum {
    CL_MS_RDONLY = MS_RDONLY,
    CL_MS_REC = MS_REC,
    CL_MS_PRIVATE = MS_PRIVATE,
    CL_MS_REMOUNT = MS_REMOUNT,
    CL_MS_BIND = MS_BIND,
};

// sched.h under _GNU_SOURCE
int cl_unshare(int flags);
int cl_setns(int descriptor, int flags);
extern const int CL_CLONE_NEWUSER, CL_CLONE_NEWNET, CL_CLONE_NEWNS;

// Pins the calling thread to one CPU. 0, or an errno value.
int cl_pin_thread(int cpu);
// The same for another thread, by its id.
int cl_pin_other_thread(int thread, int cpu);
// Lets the calling thread, and what it starts, run on these CPUs only. 0, or an errno value.
int cl_confine_thread(const int32_t *cpus, int count);
// CPUs the calling thread may run on, as bytes 0/1 up to `capacity`; how many were looked at, or -1.
int cl_allowed_cpus(uint8_t *allowed, int capacity);
// The CPU this thread runs on now.
int cl_current_cpu(void);
// Names the calling thread (15 bytes are kept).
void cl_name_thread(const char *name);
// Kernel thread id.
int cl_thread_id(void);

// Gives SIGURG, which nothing else here uses, a handler that does nothing and restarts nothing, so that it ends a system
// call with EINTR. 0, or an errno value.
int cl_install_interrupt(void);
// Lets the calling thread get SIGURG, which it may have inherited as blocked. 0, or an errno value.
int cl_allow_interrupt(void);
// Sends SIGURG to one thread of this process. 0, or an errno value.
int cl_interrupt_thread(int thread);
// Has the kernel send SIGURG to the calling thread after `first` nanoseconds, and every `period` nanoseconds from then on. 0, or an errno
// value.
int cl_start_interrupts(uint64_t first, uint64_t period, uintptr_t *timer);
void cl_end_interrupts(uintptr_t timer);

// How much later than asked the kernel may wake the calling thread, so that timers share an interrupt (PR_SET_TIMERSLACK); 50 µs unless somebody says else.
void cl_set_timer_slack(unsigned long nanoseconds);
unsigned long cl_timer_slack(void);

// Whether this process ignores a signal (SIG_IGN): 1 or 0.
int cl_is_ignored(int signal);
// Bytes that go to standard error, 64 at most, before a fault of the program's own (SIGSEGV, SIGABRT, …) ends it; none from then on with 0.
void cl_set_farewell(const char *text, size_t bytes);
// Stops this process as SIGTSTP does, which all its threads have blocked; returns when it goes on. 0, or an errno value.
int cl_stop_process(void);
// Whether a descriptor is of a network namespace: 1 or 0.
int cl_is_network_namespace(int descriptor);

// getrusage(RUSAGE_THREAD): user and system time of this thread, nanoseconds.
int cl_thread_times(uint64_t *user, uint64_t *system);

// Whether a child process may make a user and a network namespace: 0, or the errno value.
int cl_try_user_namespace(void);
// Whether the kernel takes an XDP program that passes every packet: 0, or the errno value.
int cl_try_xdp_program(void);

// What the kernel tells about a loaded BPF program (struct bpf_prog_info, the part that ip(8) shows).
struct cl_bpf_program {
    char name[16];
    uint8_t tag[8];
    uint64_t load_time;
    uint32_t created_by_uid;
    uint32_t btf_id;
    bool is_jited;
};

// Looks a BPF program up by its id: 0, or an errno value (EPERM without CAP_SYS_ADMIN or CAP_BPF).
int cl_bpf_program_by_id(uint32_t id, struct cl_bpf_program *program);

// struct mmsghdr of sendmmsg(2), which needs _GNU_SOURCE: how large one is, and one set to a vector of one.
size_t cl_message_bytes(void);
void cl_message_set(void *messages, size_t index, struct iovec *vector);
// sendmmsg(2) of `count` messages from `first` on: how many were sent, and the errno value that ended it, or 0.
int cl_send_messages(int descriptor, void *messages, size_t first, uint32_t count, int *error);

// Active queues of an interface of this namespace (ETHTOOL_GCHANNELS), combined ones in both: 0, or an errno value,
// EOPNOTSUPP where the driver doesn't tell.
int cl_active_queues(unsigned interface_index, uint32_t *receive, uint32_t *transmit);

// Starts a program in the calling thread's namespaces: in a process group of its own, no signal blocked or ignored, nothing on standard input,
// standard output and errors into the two descriptors, and with the caller's capabilities where it isn't root. The kernel kills it when the
// calling thread ends (PR_SET_PDEATHSIG), unless it has taken another identity by then. Its process id, or an errno value negated, those of
// execve(2) included.
int cl_spawn(const char *path, char *const *arguments, int output, int errors);
// Makes this process another program: environment, output and errors stay, no signal is blocked or ignored, and standard input is a file in memory
// that holds `input` (memfd_create(2)). Returns only if it fails: an errno value, execve(2)'s among them.
int cl_become(const char *path, char *const *arguments, const char *input, size_t bytes);
// Has descendants whose parents have ended become children of this process (PR_SET_CHILD_SUBREAPER). 0, or an errno value.
int cl_adopt_orphans(void);

// ioctl with a pointer, for Swift (variadic functions aren't imported).
int cl_ioctl(int descriptor, unsigned long request, void *argument);

// Nanoseconds of a clock, through the vDSO.
static inline uint64_t cl_nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t cl_realtime_nanoseconds(void) { return cl_nanoseconds(CLOCK_REALTIME); }
static inline uint64_t cl_monotonic_nanoseconds(void) { return cl_nanoseconds(CLOCK_MONOTONIC); }

static inline uint64_t cl_thread_cpu_nanoseconds(void) { return cl_nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

// A timer that the kernel cancels whenever CLOCK_REALTIME is set; -1 where it can't be had.
int cl_clock_set_timer(void);
// 1 if the clock was set since the last call, and the timer armed anew.
int cl_clock_was_set(int timer);

// Tells a busy-waiting CPU that it waits (PAUSE, YIELD), so that an SMT sibling gets the core.
static inline void cl_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Has tpacket_snd or xsk_sendmsg walk the transmit ring. 0, or an errno value.
static inline int cl_kick(int descriptor) { return send(descriptor, NULL, 0, MSG_DONTWAIT) < 0 ? errno : 0; }
