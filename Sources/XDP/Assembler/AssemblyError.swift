/// Why a program can't be assembled: always a slip in the code that wrote it.
public enum AssemblyError: Error, Equatable, Sendable {
    /// Jumped to, and bound nowhere.
    case undefinedLabel(String)
    case labelBoundTwice(String)
    /// The distance doesn't fit into 16 bits.
    case jumpTooFar(label: String, distance: Int)
    case badByteSwapWidth(Int)
    /// An atomic instruction takes words and doublewords only.
    case badAtomicSize(MemorySize)
}

extension AssemblyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .undefinedLabel(let name): "the label '\(name)' is jumped to but bound nowhere; bind it before assembling"
        case .labelBoundTwice(let name): "the label '\(name)' is bound twice; make a second label for the second place"
        case .jumpTooFar(let name, let distance):
            "the jump to '\(name)' spans \(distance) instructions; keep it within 32,767, or jump in two steps"
        case .badByteSwapWidth(let bits): "a byte swap of \(bits) bits doesn't exist; use 16, 32 or 64"
        case .badAtomicSize(let size): "an atomic operation on \(size.byteCount) bytes doesn't exist; use 4 or 8"
        }
    }
}
