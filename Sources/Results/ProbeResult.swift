/// One ability of this kernel and this user.
public struct ProbeItem: Codable, Equatable, Sendable {
    /// Stable, in kebab-case.
    public var name: String
    public var available: Bool
    /// What there is, or why not.
    public var detail: String
    /// How to get it; nil where it's there.
    public var remedy: String?

    public init(name: String, available: Bool, detail: String, remedy: String? = nil) {
        self.name = name
        self.available = available
        self.detail = detail
        self.remedy = remedy
    }
}

/// What `vethmark probe` found.
public struct ProbeResult: Codable, Equatable, Sendable {
    public var schema = "vethmark.probe/1"
    public var items: [ProbeItem]

    public init(items: [ProbeItem]) { self.items = items }
}
