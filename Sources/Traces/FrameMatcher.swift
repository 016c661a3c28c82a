import CPcap
import Kernel

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
        guard linkType != .ethernet else { return kept(frame) > 0 }
        guard let program = program(for: linkType) else {
            incomparable += 1
            return false
        }
        return bpf_filter(program, frame.bytes, UInt32(clamping: frame.wireBytes), UInt32(frame.bytes.count)) != 0
    }

    /// How many bytes of an Ethernet frame to keep; 0 if it doesn't match.
    private func kept(_ frame: CapturedFrame) -> Int {
        frame.bytes.withUnsafeBytes { keptBytes($0, wireBytes: frame.wireBytes) }
    }

    /// The same of a frame that lies somewhere else.
    func keptBytes(_ bytes: UnsafeRawBufferPointer, wireBytes: Int) -> Int {
        // Of an empty frame too the interpreter wants to see an address.
        guard let base = bytes.baseAddress else { return kept(emptyWithWireBytes: wireBytes) }
        return Int(
            bpf_filter(ethernet, base.assumingMemoryBound(to: UInt8.self), UInt32(clamping: wireBytes), UInt32(bytes.count)))
    }

    private func kept(emptyWithWireBytes wireBytes: Int) -> Int { Int(bpf_filter(ethernet, [0], UInt32(clamping: wireBytes), 0)) }

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
