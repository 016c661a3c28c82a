extension Instruction: CustomStringConvertible {
    /// As the verifier writes it (kernel/bpf/disasm.c).
    public var description: String {
        switch opcode & Opcode.Class.mask {
        case Opcode.Class.alu32, Opcode.Class.alu64: arithmeticText
        case Opcode.Class.jump32, Opcode.Class.jump64: jumpText
        case Opcode.Class.load: wideLoadText
        case Opcode.Class.loadRegister: "\(destination) = \(memoryText(sourceName))"
        case Opcode.Class.storeImmediate: "\(memoryText("\(destination)")) = \(immediate)"
        default: opcode & Opcode.Mode.mask == Opcode.Mode.atomic ? atomicText : "\(memoryText("\(destination)")) = \(sourceName)"
        }
    }

    private var isWideClass: Bool {
        opcode & Opcode.Class.mask == Opcode.Class.alu64 || opcode & Opcode.Class.mask == Opcode.Class.jump64
    }
    private var sourceName: String { "r\(source)" }
    private var size: MemorySize { MemorySize(rawValue: opcode & MemorySize.mask)! }
    private var operation: UInt8 { opcode & Opcode.operationMask }
    private var offsetText: String { offset < 0 ? "\(offset)" : "+\(offset)" }

    /// The second operand, in the instruction's width.
    private var operandText: String {
        guard opcode & Opcode.Source.mask == Opcode.Source.register else { return "\(immediate)" }
        return isWideClass ? sourceName : "w\(source)"
    }

    private var arithmeticText: String {
        let name = isWideClass ? "\(destination)" : destination.lowerHalf
        if operation == Opcode.byteSwap {
            let order = ByteOrder(rawValue: opcode & Opcode.Source.mask)!
            return "\(destination) = \(order.symbol)\(immediate) \(destination)"
        }
        guard let operation = ArithmeticOperation(rawValue: operation) else { return unknownText }
        return operation == .negate ? "\(name) = -\(name)" : "\(name) \(operation.symbol) \(operandText)"
    }

    private var jumpText: String {
        switch operation {
        case Opcode.exit: return "exit"
        case Opcode.call: return "call \(Helper(rawValue: immediate)?.name ?? "unknown")#\(immediate)"
        default:
            guard let condition = JumpCondition(rawValue: operation) else { return unknownText }
            guard condition != .always else { return "goto pc\(offsetText)" }
            let name = isWideClass ? "\(destination)" : destination.lowerHalf
            return "if \(name) \(condition.symbol) \(operandText) goto pc\(offsetText)"
        }
    }

    private var wideLoadText: String {
        guard let upperImmediate else { return unknownText }
        switch source {
        case WideLoad.map: return "\(destination) = map[fd \(immediate)]"
        case WideLoad.mapValue: return "\(destination) = map_value[fd \(immediate)]+\(upperImmediate)"
        default:
            let number = UInt64(UInt32(bitPattern: upperImmediate)) << 32 | UInt64(UInt32(bitPattern: immediate))
            return "\(destination) = 0x\(String(number, radix: 16)) ll"
        }
    }

    private var atomicText: String {
        guard let operation = AtomicOperation(rawValue: immediate) else { return unknownText }
        let place = "(\(sizeName) *)(\(destination) \(offsetText))"
        let width = size == .doubleword ? "atomic64" : "atomic"
        switch operation {
        case .add, .or, .and, .xor:
            let symbol = [.add: "+=", .or: "|=", .and: "&="][operation] ?? "^="
            return "lock *\(place) \(symbol) \(sourceName)"
        case .exchange: return "\(sourceName) = \(width)_xchg(\(place), \(sourceName))"
        case .compareExchange: return "r0 = \(width)_cmpxchg(\(place), r0, \(sourceName))"
        default: return "\(sourceName) = \(width)_fetch_\(operation.symbol)(\(place), \(sourceName))"
        }
    }

    private func memoryText(_ base: String) -> String { "*(\(sizeName) *)(\(base) \(offsetText))" }
    private var sizeName: String { "u\(size.byteCount * 8)" }
    private var unknownText: String { "unknown opcode 0x\(String(opcode, radix: 16))" }
}
