/// One eBPF instruction: 8 bytes, or 16 for the load of a 64-bit number (instruction-set.rst, "Instruction encoding").
public struct Instruction: Equatable, Sendable {
    public var opcode: UInt8
    public var destination: Register
    /// A register's number, or what a 16-byte load or a call means.
    public var source: UInt8
    /// Bytes for memory; for jumps instructions of 8 bytes, counted from the next one.
    public var offset: Int16
    public var immediate: Int32
    /// The second eight bytes' number; nil in an instruction of 8 bytes.
    public var upperImmediate: Int32?

    public init(
        opcode: UInt8, destination: Register = .r0, source: UInt8 = 0, offset: Int16 = 0, immediate: Int32 = 0,
        upperImmediate: Int32? = nil
    ) {
        self.opcode = opcode
        self.destination = destination
        self.source = source
        self.offset = offset
        self.immediate = immediate
        self.upperImmediate = upperImmediate
    }

    /// How many 8-byte places it takes, which is what jumps and the verifier count in.
    public var slots: Int { upperImmediate == nil ? 1 : 2 }

    /// `struct bpf_insn` in this machine's byte order: the registers share a byte, the destination in its lower half on a
    /// little-endian machine and in the upper on a big-endian one.
    public var bytes: [UInt8] {
        let isLittle = UInt16(1).littleEndian == 1
        let registers = isLittle ? source << 4 | destination.rawValue : destination.rawValue << 4 | source
        var bytes = [opcode, registers]
        bytes += Self.machineBytes(offset)
        bytes += Self.machineBytes(immediate)
        guard let upperImmediate else { return bytes }
        bytes += [0, 0, 0, 0]
        bytes += Self.machineBytes(upperImmediate)
        return bytes
    }

    /// In the machine's own order.
    private static func machineBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        let places = 0..<(Number.bitWidth / 8)
        return places.map { UInt8(truncatingIfNeeded: number.littleEndian >> ($0 * 8)) }
    }
}
