/// Who sends to whom in a mesh of ranks.
public enum MeshPattern: String, CaseIterable, Codable, Sendable {
    /// Each with each, once.
    case pairs
    /// All others to rank 0, one after the other.
    case allToOne = "all-to-one"
    /// Rank 0 to all others, one after the other.
    case oneToAll = "one-to-all"
}
