/// Offsets in `struct xdp_md` (linux/bpf.h), all 32 bits.
enum ContextField {
    static let data: Int16 = 0
    static let dataEnd: Int16 = 4
    static let dataMeta: Int16 = 8
    static let receiveQueueIndex: Int16 = 16
}
