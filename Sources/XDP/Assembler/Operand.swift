/// The second operand of an instruction: a register, or a number of 32 bits that is sign-extended to 64.
public enum Operand: Equatable, Sendable {
    case register(Register)
    case immediate(Int32)

    public static let r0 = Operand.register(.r0)
    public static let r1 = Operand.register(.r1)
    public static let r2 = Operand.register(.r2)
    public static let r3 = Operand.register(.r3)
    public static let r4 = Operand.register(.r4)
    public static let r5 = Operand.register(.r5)
    public static let r6 = Operand.register(.r6)
    public static let r7 = Operand.register(.r7)
    public static let r8 = Operand.register(.r8)
    public static let r9 = Operand.register(.r9)
    public static let r10 = Operand.register(.r10)
}

extension Operand: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int32) { self = .immediate(value) }
}
