import CLinux

/// One instruction of a classic BPF program: `struct sock_filter`, Documentation/networking/filter.rst.
public struct ClassicInstruction: Equatable, Sendable {
    public var code: UInt16
    public var jumpTrue: UInt8
    public var jumpFalse: UInt8
    public var operand: UInt32

    public init(code: UInt16, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0, operand: UInt32) {
        self.code = code
        self.jumpTrue = jumpTrue
        self.jumpFalse = jumpFalse
        self.operand = operand
    }

    var raw: sock_filter { sock_filter(code: code, jt: jumpTrue, jf: jumpFalse, k: operand) }
}
