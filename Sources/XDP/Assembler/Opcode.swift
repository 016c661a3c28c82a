/// The parts that an instruction's first byte is put together from (instruction-set.rst, "Instruction encoding").
enum Opcode {
    /// The lowest three bits: "Instruction classes".
    enum Class {
        static let load: UInt8 = 0x00
        static let loadRegister: UInt8 = 0x01
        static let storeImmediate: UInt8 = 0x02
        static let storeRegister: UInt8 = 0x03
        static let alu32: UInt8 = 0x04
        static let jump64: UInt8 = 0x05
        static let jump32: UInt8 = 0x06
        static let alu64: UInt8 = 0x07
        static let mask: UInt8 = 0x07
    }

    /// Where the second operand comes from, for arithmetic and jumps.
    enum Source {
        static let immediate: UInt8 = 0x00
        static let register: UInt8 = 0x08
        static let mask: UInt8 = 0x08
    }

    /// The highest three bits of loads and stores: "Load and store instructions".
    enum Mode {
        static let immediate: UInt8 = 0x00
        static let memory: UInt8 = 0x60
        static let atomic: UInt8 = 0xC0
        static let mask: UInt8 = 0xE0
    }

    static let operationMask: UInt8 = 0xF0
    /// `BPF_END`, byte swaps.
    static let byteSwap: UInt8 = 0xD0
    static let call: UInt8 = 0x80
    static let exit: UInt8 = 0x90
    /// The 16-byte load of a 64-bit number.
    static let loadWide = Class.load | Mode.immediate | MemorySize.doubleword.rawValue
}
