/// When a jump is taken, the left operand being a register (instruction-set.rst, "Jump instructions"). Comparisons are
/// unsigned unless they say otherwise.
public enum JumpCondition: UInt8, CaseIterable, Sendable {
    case always = 0x00
    case equal = 0x10
    case greater = 0x20
    case greaterOrEqual = 0x30
    /// They have a bit in common.
    case anyBit = 0x40
    case notEqual = 0x50
    case signedGreater = 0x60
    case signedGreaterOrEqual = 0x70
    case less = 0xA0
    case lessOrEqual = 0xB0
    case signedLess = 0xC0
    case signedLessOrEqual = 0xD0

    /// As the verifier writes it.
    var symbol: String {
        switch self {
        case .always: ""
        case .equal: "=="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .anyBit: "&"
        case .notEqual: "!="
        case .signedGreater: "s>"
        case .signedGreaterOrEqual: "s>="
        case .less: "<"
        case .lessOrEqual: "<="
        case .signedLess: "s<"
        case .signedLessOrEqual: "s<="
        }
    }
}
