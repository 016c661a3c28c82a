import CPcap
import Kernel
import Memory

/// A filter expression on frames that are in memory, by libpcap's own interpreter; compiled once for each link type.
public final class FrameMatcher {
    private let expression: String
    private let ethernet: [pcap_bpf_insn]
    /// Nil for a link type that has nothing of what the expression asks for.
    private var others: [LinkType: [pcap_bpf_insn]?] = [:]
    /// Frames left out because the expression says nothing of their link type.
    public private(set) var incomparable: UInt64 = 0

    /// - Throws: `TraceError.badFilter` for an expression that isn't one of Ethernet frames.
    public init(_ expression: String) throws(TraceError) {
        self.expression = expression
        do throws(FilterError) {
            ethernet = Self.instructions(try CaptureFilter(expression))
        } catch {
            throw .badFilter(error)
        }
    }

    init(_ filter: CaptureFilter) {
        expression = filter.expression
        ethernet = Self.instructions(filter)
    }

    public func matches(_ frame: CapturedFrame, linkType: LinkType = .ethernet) -> Bool {
        guard linkType != .ethernet else { return keptBytes(frame.bytes, wireBytes: frame.wireBytes) > 0 }
        guard let program = program(for: linkType) else {
            incomparable += 1
            return false
        }
        return Self.run(program, frame.bytes, wireBytes: frame.wireBytes) != 0
    }

    /// How many bytes of an Ethernet frame to keep; 0 if it doesn't match.
    func keptBytes(_ bytes: [UInt8], wireBytes: Int) -> Int { Self.run(ethernet, bytes, wireBytes: wireBytes) }

    /// The same of a frame that lies somewhere else.
    func keptBytes(_ frame: RawSpan, wireBytes: Int) -> Int {
        // Unsafe: the span's bytes are lent for the call alone. Of an empty frame too the interpreter wants to see an address.
        unsafe frame.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return keptBytes([], wireBytes: wireBytes) }
            return unsafe Self.run(ethernet, first.assumingMemoryBound(to: UInt8.self), count: bytes.count, wireBytes: wireBytes)
        }
    }

    private static func run(_ program: [pcap_bpf_insn], _ bytes: [UInt8], wireBytes: Int) -> Int {
        // Unsafe: lent for the call alone, and `count` of them are the frame's.
        unsafe run(program, bytes.isEmpty ? [0] : bytes, count: bytes.count, wireBytes: wireBytes)
    }

    /// Unsafe: libpcap compiled the program, which so ends by itself and reads no byte behind `count`.
    private static func run(_ program: [pcap_bpf_insn], _ bytes: UnsafePointer<UInt8>, count: Int, wireBytes: Int) -> Int {
        unsafe Int(bpf_filter(program, bytes, UInt32(clamping: wireBytes), UInt32(count)))
    }

    private func program(for linkType: LinkType) -> [pcap_bpf_insn]? {
        if let known = others[linkType] { return known }
        let program = (try? CaptureFilter(expression, linkType: linkType)).map(Self.instructions)
        others.updateValue(program, forKey: linkType)
        return program
    }

    private static func instructions(_ filter: CaptureFilter) -> [pcap_bpf_insn] {
        filter.program.map { pcap_bpf_insn(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.operand) }
    }
}
