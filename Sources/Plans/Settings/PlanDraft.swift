import Frames

/// What was asked for, before it is known to be possible: a map from settings to values, each of its setting's type, with who
/// said so. A profile makes one, the flags make one, `applying` lays the second over the first, and `TrialPlan(_:limits:)` turns
/// the outcome into something that cannot be wrong.
public struct PlanDraft: Sendable {
    /// Who said what. A value of nil says that what lies below doesn't hold.
    package struct Entry: Sendable {
        package var value: (any Equatable & Sendable)?
        package var origin: SettingOrigin
    }

    private(set) var entries: [PlanField: Entry] = [:]

    public init() {}

    /// Nil if nobody has asked.
    public subscript<Value>(_ setting: Setting<Value>) -> Value? {
        get { entries[setting.field]?.value as? Value }
        set { entries[setting.field] = newValue.map { Entry(value: $0, origin: .method) } }
    }

    /// - Parameter value: Nil takes back what a draft below says.
    package mutating func set<Value>(_ setting: Setting<Value>, to value: Value?, from origin: SettingOrigin) {
        entries[setting.field] = Entry(value: value, origin: origin)
    }

    public func isSet(_ field: PlanField) -> Bool { entries[field]?.value != nil }

    /// Who said so; `standard` if nobody did.
    public func origin(of field: PlanField) -> SettingOrigin { entries[field]?.origin ?? .standard }

    /// This draft with what the command line says laid over it.
    public func applying(_ flags: PlanDraft) -> PlanDraft {
        var draft = self
        draft.entries.merge(flags.entries) { $1 }
        return draft
    }

    /// This draft, and where it says nothing, the other.
    public func merging(over base: PlanDraft) -> PlanDraft { base.applying(self) }

    /// Without the settings that this pair has no use for.
    public func fitted(to engine: EngineName, _ receiver: ReceiverName) -> PlanDraft {
        var draft = self
        for row in SettingTable.rows where !row.scope.holds(engine, receiver) { draft.entries[row.field] = nil }
        return draft
    }
}

extension PlanDraft: Equatable {
    /// Two drafts that ask for the same are equal, whoever asked.
    public static func == (left: PlanDraft, right: PlanDraft) -> Bool {
        Set(left.entries.keys).union(right.entries.keys).allSatisfy {
            isSame(left.entries[$0]?.value, right.entries[$0]?.value)
        }
    }

    private static func isSame(_ left: (any Equatable & Sendable)?, _ right: (any Equatable & Sendable)?) -> Bool {
        func isSame<Value: Equatable>(_ left: Value) -> Bool { right as? Value == left }
        guard let left else { return right == nil }
        return isSame(left)
    }
}

// MARK: sections

extension PlanDraft {
    public typealias Link = Section<LinkSection>
    public typealias Frame = Section<FrameSection>
    public typealias Load = Section<LoadSection>
    public typealias Transmit = Section<TransmitSection>
    public typealias Receive = Section<ReceiveSection>
    public typealias Run = Section<RunSection>

    public var link: Link {
        get { section() }
        set { replace(newValue) }
    }
    public var frame: Frame {
        get { section() }
        set { replace(newValue) }
    }
    public var load: Load {
        get { section() }
        set { replace(newValue) }
    }
    public var transmit: Transmit {
        get { section() }
        set { replace(newValue) }
    }
    public var receive: Receive {
        get { section() }
        set { replace(newValue) }
    }
    public var run: Run {
        get { section() }
        set { replace(newValue) }
    }

    /// A section's settings by the names they have in the table: `draft.load.rate`.
    @dynamicMemberLookup
    public struct Section<Table: SettingSection>: Equatable, Sendable {
        fileprivate var draft = PlanDraft()

        public init() {}

        public subscript<Value>(dynamicMember setting: KeyPath<Table, Setting<Value>>) -> Value? {
            get { draft[Table.shared[keyPath: setting]] }
            set { draft[Table.shared[keyPath: setting]] = newValue }
        }
    }

    private func section<Table>() -> Section<Table> {
        var section = Section<Table>()
        section.draft.entries = entries.filter { $0.key.section == Table.name }
        return section
    }

    private mutating func replace<Table>(_ section: Section<Table>) {
        entries = entries.filter { $0.key.section != Table.name }.merging(section.draft.entries) { $1 }
    }
}

extension PlanDraft.Section<FrameSection> {
    public var sourceIPv4: IPv4Address? {
        get { ipv4(self[dynamicMember: \.sourceIP]) }
        set { self[dynamicMember: \.sourceIP] = newValue.map(SettingAddress.ipv4) }
    }
    public var sourceIPv6: IPv6Address? {
        get { ipv6(self[dynamicMember: \.sourceIP]) }
        set { self[dynamicMember: \.sourceIP] = newValue.map(SettingAddress.ipv6) }
    }
    public var destinationIPv4: IPv4Address? {
        get { ipv4(self[dynamicMember: \.destinationIP]) }
        set { self[dynamicMember: \.destinationIP] = newValue.map(SettingAddress.ipv4) }
    }
    public var destinationIPv6: IPv6Address? {
        get { ipv6(self[dynamicMember: \.destinationIP]) }
        set { self[dynamicMember: \.destinationIP] = newValue.map(SettingAddress.ipv6) }
    }

    private func ipv4(_ address: SettingAddress?) -> IPv4Address? { if case .ipv4(let address) = address { address } else { nil } }
    private func ipv6(_ address: SettingAddress?) -> IPv6Address? { if case .ipv6(let address) = address { address } else { nil } }
}
