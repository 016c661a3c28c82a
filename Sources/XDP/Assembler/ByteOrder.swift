/// Which order a byte swap makes; on a machine that has it already it only cuts to the width
/// (instruction-set.rst, "Byte swap instructions").
public enum ByteOrder: UInt8, CaseIterable, Sendable {
    case littleEndian = 0x00
    case bigEndian = 0x08

    var symbol: String { self == .littleEndian ? "le" : "be" }
}
