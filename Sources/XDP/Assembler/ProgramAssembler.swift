/// Writes an eBPF program instruction by instruction; jumps go to labels, which `assemble` turns into distances.
///
/// The first slip (a label bound twice, a width that doesn't exist) is kept and thrown by `assemble`, so that the
/// verbs need no `try`.
public struct ProgramAssembler: Sendable {
    private var instructions: [Instruction] = []
    private var labels: [Label] = []
    /// By label: the 8-byte place it stands for.
    private var places: [Label: Int] = [:]
    private var jumps: [(instruction: Int, place: Int, label: Label)] = []
    private var firstError: AssemblyError?
    private var slots = 0

    public init() {}

    // MARK: labels

    /// A new label, bound nowhere yet.
    public mutating func label(_ name: String) -> Label {
        let label = Label(number: labels.count, name: name)
        labels.append(label)
        return label
    }

    /// The next instruction is where `label` leads to.
    public mutating func bind(_ label: Label) {
        if places.updateValue(slots, forKey: label) != nil { fail(.labelBoundTwice(label.name)) }
    }

    // MARK: arithmetic

    /// `destination = value`, all 64 bits, a number being sign-extended.
    public mutating func move(_ destination: Register, _ value: Operand) { alu64(.move, destination, value) }

    public mutating func alu64(_ operation: ArithmeticOperation, _ destination: Register, _ value: Operand = 0) {
        append(Opcode.Class.alu64 | operation.rawValue, destination, value)
    }

    /// On the lower halves; the upper half of `destination` becomes zero.
    public mutating func alu32(_ operation: ArithmeticOperation, _ destination: Register, _ value: Operand = 0) {
        append(Opcode.Class.alu32 | operation.rawValue, destination, value)
    }

    /// Turns the lower `bits` from this machine's byte order into `order`, or back; bits above become zero.
    ///
    /// - Parameter bits: 16, 32 or 64.
    public mutating func swapBytes(_ register: Register, to order: ByteOrder, bits: Int) {
        guard [16, 32, 64].contains(bits) else { return fail(.badByteSwapWidth(bits)) }
        append(
            Instruction(
                opcode: Opcode.Class.alu32 | Opcode.byteSwap | order.rawValue, destination: register, immediate: Int32(bits)))
    }

    /// `destination = number`, in 16 bytes.
    public mutating func loadNumber(_ destination: Register, _ number: UInt64) {
        appendWide(destination, WideLoad.number, Int32(truncatingIfNeeded: number), Int32(truncatingIfNeeded: number >> 32))
    }

    // MARK: memory

    /// Zero-extends what is shorter than 8 bytes.
    public mutating func load(_ size: MemorySize, _ destination: Register, from base: Register, _ offset: Int16 = 0) {
        append(
            Instruction(
                opcode: Opcode.Class.loadRegister | Opcode.Mode.memory | size.rawValue, destination: destination,
                source: base.rawValue, offset: offset))
    }

    public mutating func store(_ size: MemorySize, _ value: Operand, to base: Register, _ offset: Int16 = 0) {
        let part = Opcode.Mode.memory | size.rawValue
        switch value {
        case .register(let source):
            append(
                Instruction(
                    opcode: Opcode.Class.storeRegister | part, destination: base, source: source.rawValue, offset: offset))
        case .immediate(let number):
            append(Instruction(opcode: Opcode.Class.storeImmediate | part, destination: base, offset: offset, immediate: number))
        }
    }

    /// - Parameter size: `.word` or `.doubleword`.
    public mutating func atomic(
        _ operation: AtomicOperation, _ size: MemorySize, _ source: Register, to base: Register, _ offset: Int16 = 0
    ) {
        guard size == .word || size == .doubleword else { return fail(.badAtomicSize(size)) }
        append(
            Instruction(
                opcode: Opcode.Class.storeRegister | Opcode.Mode.atomic | size.rawValue, destination: base,
                source: source.rawValue, offset: offset, immediate: operation.rawValue))
    }

    /// `destination` becomes the map, for helpers.
    public mutating func loadMap(_ destination: Register, descriptor: Int32) {
        appendWide(destination, WideLoad.map, descriptor, 0)
    }

    /// `destination` becomes an address inside the only value of an array map.
    public mutating func loadMapValue(_ destination: Register, descriptor: Int32, offset: Int32 = 0) {
        appendWide(destination, WideLoad.mapValue, descriptor, offset)
    }

    // MARK: control

    public mutating func jump(to label: Label) { jump(.always, Opcode.Class.jump64, .r0, 0, label) }

    /// Compares all 64 bits, a number being sign-extended.
    public mutating func jump(_ condition: JumpCondition, _ left: Register, _ right: Operand, to label: Label) {
        jump(condition, Opcode.Class.jump64, left, right, label)
    }

    /// Compares the lower halves.
    public mutating func jump32(_ condition: JumpCondition, _ left: Register, _ right: Operand, to label: Label) {
        jump(condition, Opcode.Class.jump32, left, right, label)
    }

    /// The arguments stand in r1 to r5, the result in r0; r1 to r5 are lost.
    public mutating func call(_ helper: Helper) {
        append(Instruction(opcode: Opcode.Class.jump64 | Opcode.call, immediate: helper.rawValue))
    }

    /// Ends the program with r0.
    public mutating func exit() { append(Instruction(opcode: Opcode.Class.jump64 | Opcode.exit)) }

    // MARK: the outcome

    /// The instructions with every jump's distance in place.
    public func assemble() throws(AssemblyError) -> [Instruction] {
        if let firstError { throw firstError }
        var resolved = instructions
        for jump in jumps {
            guard let place = places[jump.label] else { throw .undefinedLabel(jump.label.name) }
            // A jump of 0 goes to the next instruction.
            let distance = place - jump.place - 1
            guard let offset = Int16(exactly: distance) else { throw .jumpTooFar(label: jump.label.name, distance: distance) }
            resolved[jump.instruction].offset = offset
        }
        return resolved
    }

    private mutating func jump(
        _ condition: JumpCondition, _ width: UInt8, _ left: Register, _ right: Operand, _ label: Label
    ) {
        jumps.append((instructions.count, slots, label))
        append(width | condition.rawValue, left, right)
    }

    private mutating func append(_ opcode: UInt8, _ destination: Register, _ value: Operand) {
        switch value {
        case .register(let source):
            append(Instruction(opcode: opcode | Opcode.Source.register, destination: destination, source: source.rawValue))
        case .immediate(let number):
            append(Instruction(opcode: opcode | Opcode.Source.immediate, destination: destination, immediate: number))
        }
    }

    private mutating func appendWide(_ destination: Register, _ source: UInt8, _ lower: Int32, _ upper: Int32) {
        append(
            Instruction(
                opcode: Opcode.loadWide, destination: destination, source: source, immediate: lower, upperImmediate: upper))
    }

    private mutating func append(_ instruction: Instruction) {
        instructions.append(instruction)
        slots += instruction.slots
    }

    private mutating func fail(_ error: AssemblyError) { firstError = firstError ?? error }
}
