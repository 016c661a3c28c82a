// What XDP live frames cost at least: programs that do no more than number a frame, send it on, look at its number and drop it.
// The second pair of programs puts the time in and takes it out again.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct book {
    __u64 next, received, highest, late, nanoseconds, greatest;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct book);
} books SEC(".maps");

/// Where frames leave; set before the programs are loaded.
const volatile __u32 out_index;

struct mark {
    __u64 number, nanoseconds;
} __attribute__((packed));

static __always_inline struct mark *mark_of(struct xdp_md *context)
{
    // Behind Ethernet, IPv4 and UDP.
    char *start = (char *)(long)context->data + 42;
    return start + sizeof(struct mark) <= (char *)(long)context->data_end ? (struct mark *)start : 0;
}

static __always_inline int make(struct xdp_md *context, int timed)
{
    __u32 zero = 0;
    struct book *book = bpf_map_lookup_elem(&books, &zero);
    struct mark *mark = mark_of(context);
    if (!book || !mark)
        return XDP_ABORTED;
    mark->number = book->next++;
    if (timed)
        mark->nanoseconds = bpf_ktime_get_ns();
    return bpf_redirect(out_index, 0);
}

static __always_inline int count(struct xdp_md *context, int timed)
{
    __u32 zero = 0;
    struct book *book = bpf_map_lookup_elem(&books, &zero);
    struct mark *mark = mark_of(context);
    if (!book || !mark)
        return XDP_PASS;
    book->received++;
    if (mark->number >= book->highest)
        book->highest = mark->number + 1;
    else
        book->late++;
    if (timed) {
        __u64 taken = bpf_ktime_get_ns() - mark->nanoseconds;
        book->nanoseconds += taken;
        if (taken > book->greatest)
            book->greatest = taken;
    }
    return XDP_DROP;
}

SEC("xdp") int make_untimed(struct xdp_md *context) { return make(context, 0); }
SEC("xdp") int make_timed(struct xdp_md *context) { return make(context, 1); }
SEC("xdp") int count_untimed(struct xdp_md *context) { return count(context, 0); }
SEC("xdp") int count_timed(struct xdp_md *context) { return count(context, 1); }

char terms[] SEC("license") = "GPL";
