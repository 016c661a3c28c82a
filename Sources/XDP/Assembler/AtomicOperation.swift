/// What an atomic instruction does to memory; its number stands in the immediate (instruction-set.rst, "Atomic operations").
public enum AtomicOperation: Int32, CaseIterable, Sendable {
    case add = 0x00
    case or = 0x40
    case and = 0x50
    case xor = 0xA0
    /// The source register gets what was there before.
    case fetchAdd = 0x01
    case fetchOr = 0x41
    case fetchAnd = 0x51
    case fetchXor = 0xA1
    case exchange = 0xE1
    /// Stores the source register if memory equals r0; r0 gets what was there before.
    case compareExchange = 0xF1

    var symbol: String {
        switch self {
        case .add, .fetchAdd: "add"
        case .or, .fetchOr: "or"
        case .and, .fetchAnd: "and"
        case .xor, .fetchXor: "xor"
        case .exchange: "xchg"
        case .compareExchange: "cmpxchg"
        }
    }
}
