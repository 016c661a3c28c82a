/// How many bytes a load or store moves (instruction-set.rst, "Load and store instructions").
public enum MemorySize: UInt8, CaseIterable, Sendable {
    /// 4 bytes.
    case word = 0x00
    /// 2 bytes.
    case halfword = 0x08
    case byte = 0x10
    /// 8 bytes.
    case doubleword = 0x18

    static let mask: UInt8 = 0x18

    public var byteCount: Int {
        switch self {
        case .byte: 1
        case .halfword: 2
        case .word: 4
        case .doubleword: 8
        }
    }
}
