#define _GNU_SOURCE
#include "clinux.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <sys/wait.h>

const int CL_CLONE_NEWUSER = CLONE_NEWUSER;
const int CL_CLONE_NEWNET = CLONE_NEWNET;
const int CL_CLONE_NEWNS = CLONE_NEWNS;

int cl_unshare(int flags) { return unshare(flags); }

int cl_setns(int descriptor, int flags) { return setns(descriptor, flags); }

// Large enough for the kernels that distributions build (CONFIG_NR_CPUS up to 8192).
enum { MAXIMUM_CPUS = 8192 };

int cl_pin_other_thread(int thread, int cpu)
{
    if (cpu < 0 || cpu >= MAXIMUM_CPUS)
        return EINVAL;
    cpu_set_t *set = CPU_ALLOC(MAXIMUM_CPUS);
    if (!set)
        return ENOMEM;
    size_t size = CPU_ALLOC_SIZE(MAXIMUM_CPUS);
    CPU_ZERO_S(size, set);
    CPU_SET_S(cpu, size, set);
    int result = sched_setaffinity(thread, size, set) < 0 ? errno : 0;
    CPU_FREE(set);
    return result;
}

int cl_pin_thread(int cpu) { return cl_pin_other_thread(0, cpu); }

int cl_confine_thread(const int32_t *cpus, int count)
{
    cpu_set_t *set = CPU_ALLOC(MAXIMUM_CPUS);
    if (!set)
        return ENOMEM;
    size_t size = CPU_ALLOC_SIZE(MAXIMUM_CPUS);
    CPU_ZERO_S(size, set);
    for (int index = 0; index < count; index++)
        if (cpus[index] >= 0 && cpus[index] < MAXIMUM_CPUS)
            CPU_SET_S(cpus[index], size, set);
    int result = sched_setaffinity(0, size, set) < 0 ? errno : 0;
    CPU_FREE(set);
    return result;
}

int cl_allowed_cpus(uint8_t *allowed, int capacity)
{
    cpu_set_t *set = CPU_ALLOC(MAXIMUM_CPUS);
    if (!set)
        return -1;
    size_t size = CPU_ALLOC_SIZE(MAXIMUM_CPUS);
    CPU_ZERO_S(size, set);
    int result = sched_getaffinity(0, size, set);
    int looked = capacity < MAXIMUM_CPUS ? capacity : MAXIMUM_CPUS;
    if (result == 0)
        for (int cpu = 0; cpu < looked; cpu++)
            allowed[cpu] = CPU_ISSET_S(cpu, size, set) ? 1 : 0;
    CPU_FREE(set);
    return result == 0 ? looked : -1;
}

static int arm_clock_set_timer(int timer)
{
    // Far away: only its cancelling matters.
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)1 << 40}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

int cl_clock_set_timer(void)
{
    int timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer >= 0 && arm_clock_set_timer(timer) < 0) {
        close(timer);
        return -1;
    }
    return timer;
}

int cl_clock_was_set(int timer)
{
    uint64_t expirations;
    if (read(timer, &expirations, sizeof expirations) >= 0 || errno != ECANCELED)
        return 0;
    // A failed read leaves the timer as it is: armed anew, it hears of the next time.
    arm_clock_set_timer(timer);
    return 1;
}

int cl_current_cpu(void) { return sched_getcpu(); }

void cl_name_thread(const char *name)
{
    char kept[16];
    strncpy(kept, name, sizeof kept - 1);
    kept[sizeof kept - 1] = 0;
    pthread_setname_np(pthread_self(), kept);
}

int cl_thread_id(void) { return (int)syscall(SYS_gettid); }

static void do_nothing(int number) { (void)number; }

int cl_install_interrupt(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = do_nothing;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGURG, &action, NULL) == 0 ? 0 : errno;
}

int cl_allow_interrupt(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGURG);
    return pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
}

int cl_interrupt_thread(int thread)
{
    return syscall(SYS_tgkill, getpid(), thread, SIGURG) == 0 ? 0 : errno;
}

int cl_start_interrupts(uint64_t first, uint64_t period, uintptr_t *timer)
{
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGURG;
    event._sigev_un._tid = (int)syscall(SYS_gettid);
    timer_t made;
    if (timer_create(CLOCK_MONOTONIC, &event, &made) != 0)
        return errno;
    struct itimerspec times = {
        .it_value = { (time_t)(first / 1000000000u), (long)(first % 1000000000u) },
        .it_interval = { (time_t)(period / 1000000000u), (long)(period % 1000000000u) },
    };
    if (timer_settime(made, 0, &times, NULL) != 0) {
        int number = errno;
        timer_delete(made);
        return number;
    }
    *timer = (uintptr_t)made;
    return 0;
}

void cl_end_interrupts(uintptr_t timer) { timer_delete((timer_t)timer); }

int cl_is_ignored(int signal)
{
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
}

// Written by a handler, which may interrupt anything: plain memory that is complete before a handler is there.
static char farewell[64];
static volatile sig_atomic_t farewell_bytes;
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
enum { FAULTS = sizeof faults / sizeof faults[0] };
static struct sigaction before[FAULTS];

static void say_farewell(int number)
{
    int error = errno;
    if (farewell_bytes > 0)
        (void)!write(2, farewell, (size_t)farewell_bytes);
    farewell_bytes = 0;
    for (int index = 0; index < FAULTS; index++)
        if (faults[index] == number)
            sigaction(number, &before[index], NULL);
    // Blocked until this handler returns; then it is whatever it would have been without us.
    raise(number);
    errno = error;
}

void cl_set_farewell(const char *text, size_t bytes)
{
    static bool is_installed;
    farewell_bytes = 0;
    memcpy(farewell, text, bytes < sizeof farewell ? bytes : sizeof farewell);
    if (bytes > 0 && !is_installed) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = say_farewell;
        sigemptyset(&action.sa_mask);
        for (int index = 0; index < FAULTS; index++)
            sigaction(faults[index], &action, &before[index]);
        is_installed = true;
    }
    farewell_bytes = (sig_atomic_t)(bytes < sizeof farewell ? bytes : sizeof farewell);
}

int cl_stop_process(void)
{
    sigset_t one, mask;
    sigemptyset(&one);
    sigaddset(&one, SIGTSTP);
    // Taken by this thread as soon as it is sent, and by nobody else: all others have it blocked.
    if (kill(getpid(), SIGTSTP) != 0)
        return errno;
    int number = pthread_sigmask(SIG_UNBLOCK, &one, &mask);
    if (number == 0)
        pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return number;
}

int cl_is_network_namespace(int descriptor)
{
    struct statfs information;
    if (fstatfs(descriptor, &information) != 0 || information.f_type != NSFS_MAGIC)
        return 0;
    int kind = ioctl(descriptor, NS_GET_NSTYPE);
    // Before Linux 4.11 nobody tells the kind; setns(2) finds out.
    return kind < 0 ? errno == ENOTTY : kind == CLONE_NEWNET;
}

int cl_thread_times(uint64_t *user, uint64_t *system)
{
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) != 0)
        return -1;
    *user = (uint64_t)usage.ru_utime.tv_sec * 1000000000u + (uint64_t)usage.ru_utime.tv_usec * 1000u;
    *system = (uint64_t)usage.ru_stime.tv_sec * 1000000000u + (uint64_t)usage.ru_stime.tv_usec * 1000u;
    return 0;
}

int cl_ioctl(int descriptor, unsigned long request, void *argument) { return ioctl(descriptor, request, argument); }

int cl_active_queues(unsigned interface_index, uint32_t *receive, uint32_t *transmit)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    if (!if_indextoname(interface_index, request.ifr_name))
        return errno;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return errno;
    struct ethtool_channels channels;
    memset(&channels, 0, sizeof channels);
    channels.cmd = ETHTOOL_GCHANNELS;
    request.ifr_data = (char *)&channels;
    int result = ioctl(descriptor, SIOCETHTOOL, &request) < 0 ? errno : 0;
    close(descriptor);
    *receive = channels.rx_count + channels.combined_count;
    *transmit = channels.tx_count + channels.combined_count;
    return result;
}

int cl_try_user_namespace(void)
{
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0)
        _exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : errno);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

int cl_try_xdp_program(void)
{
    const struct bpf_insn program[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_EXIT},
    };
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.insns = (uintptr_t)program;
    attributes.insn_cnt = sizeof program / sizeof program[0];
    attributes.license = (uintptr_t) "GPL";
    long descriptor = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
    if (descriptor < 0)
        return errno;
    close((int)descriptor);
    return 0;
}

int cl_bpf_program_by_id(uint32_t id, struct cl_bpf_program *program)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_id = id;
    long descriptor = syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attributes, sizeof attributes);
    if (descriptor < 0)
        return errno;
    struct bpf_prog_info information;
    memset(&information, 0, sizeof information);
    memset(&attributes, 0, sizeof attributes);
    attributes.info.bpf_fd = (uint32_t)descriptor;
    attributes.info.info_len = sizeof information;
    attributes.info.info = (uintptr_t)&information;
    int result = syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof attributes) < 0 ? errno : 0;
    close((int)descriptor);
    if (result != 0)
        return result;
    memcpy(program->name, information.name, sizeof program->name);
    memcpy(program->tag, information.tag, sizeof program->tag);
    program->load_time = information.load_time;
    program->created_by_uid = information.created_by_uid;
    program->btf_id = information.btf_id;
    program->is_jited = information.jited_prog_len != 0;
    return 0;
}

size_t cl_message_bytes(void) { return sizeof(struct mmsghdr); }

void cl_message_set(void *messages, size_t index, struct iovec *vector)
{
    struct mmsghdr *message = (struct mmsghdr *)messages + index;
    memset(message, 0, sizeof *message);
    message->msg_hdr.msg_iov = vector;
    message->msg_hdr.msg_iovlen = 1;
}

int cl_send_messages(int descriptor, void *messages, size_t first, uint32_t count, int *error)
{
    int sent = sendmmsg(descriptor, (struct mmsghdr *)messages + first, count, MSG_DONTWAIT);
    *error = sent < 0 ? errno : 0;
    return sent < 0 ? 0 : sent;
}

// What an exec by anybody but root takes away otherwise: capabilities(7), "ambient".
static void keep_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) != 0)
        return;
    for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++)
        data[word].inheritable = data[word].permitted;
    if (syscall(SYS_capset, &header, data) != 0)
        return;
    for (int number = 0; number < 32 * _LINUX_CAPABILITY_U32S_3; number++)
        if (data[number / 32].permitted & (1u << number % 32))
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0);
}

static void forget_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int cl_become(const char *path, char *const *arguments, const char *input, size_t bytes)
{
    int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0)
        return errno;
    for (size_t done = 0; done < bytes;) {
        ssize_t count = write(file, input + done, bytes - done);
        if (count < 0 && errno != EINTR)
            return errno;
        done += count > 0 ? (size_t)count : 0;
    }
    if (lseek(file, 0, SEEK_SET) < 0 || dup2(file, 0) < 0)
        return errno;
    forget_signals();
    execv(path, arguments);
    return errno;
}

int cl_spawn(const char *path, char *const *arguments, int output, int errors)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return -errno;
    pid_t child = fork();
    if (child < 0) {
        int error = errno;
        close(report[0]);
        close(report[1]);
        return -error;
    }
    // Other threads may hold any lock of the C library: from here on async-signal-safe calls only.
    if (child == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        forget_signals();
        int input = open("/dev/null", O_RDONLY);
        if (input >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(errors, 2) >= 0) {
            if (input > 2)
                close(input);
            if (geteuid() != 0)
                keep_capabilities();
            execv(path, arguments);
        }
        int error = errno;
        (void)!write(report[1], &error, sizeof error);
        _exit(127);
    }
    close(report[1]);
    int error = 0;
    ssize_t count;
    do
        count = read(report[0], &error, sizeof error);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count != sizeof error)
        return child;
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return -error;
}

void cl_set_timer_slack(unsigned long nanoseconds) { prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

unsigned long cl_timer_slack(void) { return (unsigned long)prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); }

int cl_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 ? errno : 0; }
