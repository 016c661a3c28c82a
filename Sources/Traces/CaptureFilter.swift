import CPcap
import Kernel

/// A filter expression of pcap-filter(7), compiled by libpcap to classic BPF.
public struct CaptureFilter: Equatable, Sendable {
    // Unsafe: a handle of libpcap's is closed once, a program freed once, and what they hold is copied before; strings are lent for the
    // call alone.

    public let expression: String
    public let program: [ClassicInstruction]

    /// For frames as they are in a file.
    ///
    /// - Parameters:
    ///   - snapBytes: how much of a matching frame the program says to keep.
    ///   - linkType: what the frames begin with.
    /// - Throws: `FilterError` with libpcap's words.
    public init(_ expression: String, snapBytes: Int = maximumBytes, linkType: LinkType = .ethernet) throws(FilterError) {
        let compiled = unsafe linkType.withHandle(snapBytes: snapBytes) { handle in
            Result { () throws(CompileFailure) in try unsafe Self.instructions(expression, handle) }
        }
        guard let compiled else { throw FilterError(expression: expression, reason: "out of memory", position: nil) }
        self.expression = expression
        do throws(CompileFailure) {
            program = try compiled.get()
        } catch {
            throw FilterError(
                expression: expression, reason: error.reason, position: linkType == .ethernet ? Self.position(of: expression) : nil)
        }
    }

    /// For a socket on `interface`, in the calling thread's network namespace: the kernel takes the 802.1Q tag out
    /// before a socket filter sees the frame, so that `vlan` must look for it elsewhere. libpcap does that for a handle
    /// that is open on an interface, and so says the same as for tcpdump.
    ///
    /// - Throws: `FilterError`, and without an open handle its reason.
    public init(_ expression: String, on interface: String, snapBytes: Int = maximumBytes) throws(FilterError) {
        var reason = PcapError()
        guard let handle = unsafe pcap_create(interface, &reason.buffer) else {
            throw FilterError(expression: expression, reason: reason.text, position: nil)
        }
        defer { unsafe pcap_close(handle) }
        unsafe pcap_set_snaplen(handle, Int32(clamping: snapBytes))
        unsafe pcap_set_buffer_size(handle, 1 << 16)
        guard unsafe pcap_activate(handle) >= 0 else {
            throw unsafe FilterError(expression: expression, reason: String(cString: pcap_geterr(handle)), position: nil)
        }
        self.expression = expression
        do throws(CompileFailure) {
            program = try unsafe Self.instructions(expression, handle)
        } catch {
            throw FilterError(expression: expression, reason: error.reason, position: Self.position(of: expression))
        }
    }

    /// BPF_MAXINSNS of linux/bpf_common.h: longer programs the kernel doesn't take.
    public static let maximumKernelInstructions = 4_096

    /// libpcap's MAXIMUM_SNAPLEN.
    public static let maximumBytes = 262_144

    /// What is longer was written by a program. libpcap's optimiser takes minutes for thousands of terms, and what it leaves would be no
    /// less too long for the kernel.
    private static let maximumOptimisedBytes = 16 << 10

    private struct CompileFailure: Error { let reason: String }

    private static func instructions(_ expression: String, _ handle: OpaquePointer) throws(CompileFailure) -> [ClassicInstruction] {
        var compiled = unsafe bpf_program()
        let optimises: Int32 = expression.utf8.count <= maximumOptimisedBytes ? 1 : 0
        guard unsafe pcap_compile(handle, &compiled, expression, optimises, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw unsafe CompileFailure(reason: String(cString: pcap_geterr(handle)))
        }
        defer { unsafe pcap_freecode(&compiled) }
        return unsafe (0..<Int(compiled.bf_len)).map { position in
            let one = unsafe compiled.bf_insns[position]
            return ClassicInstruction(code: one.code, jumpTrue: one.jt, jumpFalse: one.jf, operand: one.k)
        }
    }

    /// As much as somebody may have typed.
    static let searchedBytes = 2_000

    /// Where the expression goes wrong. libpcap doesn't say, so we look for the longest run of words that still is
    /// the beginning of something valid; the word behind it is the culprit.
    private static func position(of expression: String) -> Int? {
        // A compilation for each word and ending: what no person wrote isn't searched.
        guard expression.utf8.count <= searchedBytes, let handle = unsafe pcap_open_dead(DLT_EN10MB, Int32(maximumBytes)) else {
            return nil
        }
        defer { unsafe pcap_close(handle) }
        let endings = [
            "", " tcp", " host 198.18.0.1", " host 02:00:00:00:00:01", " 198.18.0.1", " 02:00:00:00:00:01", " 80", " 1-2", " ]=1",
            " 0]=1", "=1", " 1=1", " net 198.18.0.0/16"
        ]
        let starts = wordStarts(expression)
        for (position, start) in starts.enumerated() {
            let end = position + 1 < starts.count ? starts[position + 1] : expression.count
            let beginning = String(expression.prefix(end))
            let open = max(0, beginning.filter { $0 == "(" }.count - beginning.filter { $0 == ")" }.count)
            let closing = String(repeating: " )", count: open)
            let isViable = endings.contains { unsafe (try? instructions(beginning + $0 + closing, handle)) != nil }
            if !isViable { return start }
        }
        // Each beginning can go on, so it is the end that is missing.
        return expression.count
    }

    /// Characters in front of each word; brackets and operators are words of their own.
    private static func wordStarts(_ expression: String) -> [Int] {
        var starts: [Int] = []
        var isInWord = false
        for (position, character) in expression.enumerated() {
            if character.isWhitespace {
                isInWord = false
            } else if "()[]!=<>&|".contains(character) {
                starts.append(position)
                isInWord = false
            } else if !isInWord {
                starts.append(position)
                isInWord = true
            }
        }
        return starts
    }
}
