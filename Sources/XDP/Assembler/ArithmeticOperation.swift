/// What an ALU instruction does (instruction-set.rst, "Arithmetic instructions"). Division is unsigned and by zero gives
/// zero; shifts count modulo the operand's width.
public enum ArithmeticOperation: UInt8, CaseIterable, Sendable {
    case add = 0x00
    case subtract = 0x10
    case multiply = 0x20
    case divide = 0x30
    case or = 0x40
    case and = 0x50
    case shiftLeft = 0x60
    case shiftRight = 0x70
    case negate = 0x80
    case modulo = 0x90
    case xor = 0xA0
    case move = 0xB0
    /// Keeps the sign.
    case arithmeticShiftRight = 0xC0

    /// As the verifier writes it.
    var symbol: String {
        switch self {
        case .add: "+="
        case .subtract: "-="
        case .multiply: "*="
        case .divide: "/="
        case .or: "|="
        case .and: "&="
        case .shiftLeft: "<<="
        case .shiftRight: ">>="
        case .negate: "= -"
        case .modulo: "%="
        case .xor: "^="
        case .move: "="
        case .arithmeticShiftRight: "s>>="
        }
    }
}
