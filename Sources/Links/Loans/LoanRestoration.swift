import Kernel

/// Gives back what runs that were killed had borrowed.
public struct LoanRestoration: Sendable {
    /// What became of one setting.
    public struct Item: Encodable, Equatable, Sendable {
        /// `va@blue`, as it was called then.
        public let interface: String
        /// What was changed, `MTU` for instance.
        public let setting: String
        /// As it was before the run.
        public let original: String
        /// As the run had set it.
        public let set: String
        /// Why it couldn't be given back; nil elsewhere.
        public let reason: String?

        fileprivate init(_ loan: Loan, reason: String? = nil) {
            interface = loan.interface.place
            setting = loan.setting.name
            original = loan.original
            set = loan.ours
            self.reason = reason
        }

        /// `va@blue: MTU 3000 → 1500`.
        public var text: String { "\(interface): \(setting) \(set) → \(original)" }
    }

    /// As it was before the run again.
    public private(set) var restored: [Item] = []
    /// Neither as the run had set it nor as it was before: changed by somebody since, and left alone.
    public private(set) var left: [Item] = []
    /// Stays in the journal.
    public private(set) var failed: [Item] = []

    public var isEmpty: Bool { restored.isEmpty && left.isEmpty && failed.isEmpty }

    /// Looks through the journals of this user. Interfaces and namespaces that are gone have nothing to be given back to. Called twice it does
    /// nothing the second time.
    public static func run(_ journals: [LoanJournal] = LoanJournal.standard) -> LoanRestoration {
        var restoration = LoanRestoration()
        for journal in journals {
            // Without the folder nobody borrowed anything; who can't have it can't give back either.
            guard let folder = try? LockedFolder(journal.folder, makes: false) else { continue }
            restoration.run(folder)
        }
        return restoration
    }

    private mutating func run(_ folder: borrowing LockedFolder) {
        let pages = LoanJournal.pages(folder)
        let dead = pages.filter { !$0.isLive }
        // A run that was killed while it wrote has not changed what it was about to write down.
        for entry in folder.entries(suffix: LoanJournal.suffix + ".new") where !entry.isOwned { folder.remove(entry.name) }
        guard !dead.isEmpty else { return }
        let alive = pages.filter(\.isLive).flatMap { $0.loans ?? [] }
        let namespaces = NamespaceSighting.all()
        var stays: [Loan] = []
        var rest = dead.flatMap { $0.loans ?? [] }
        while let first = rest.first {
            let same = rest.filter { $0.interface.isSame(as: first.interface) }
            rest.removeAll { $0.interface.isSame(as: first.interface) }
            stays += restore(same, alive, namespaces)
        }
        for page in dead {
            guard let loans = page.loans else { continue }
            let kept = loans.filter { loan in stays.contains { $0.isSame(as: loan) } }
            if kept.isEmpty {
                folder.remove(page.name)
            }
            // Owned only until the call is over.
            else if kept.count < loans.count {
                _ = try? folder.replace(page.name, with: LoanJournal.text(kept))
            }
        }
    }

    /// - Parameter loans: all of one interface.
    /// - Returns: what has to stay in the journal.
    private mutating func restore(_ loans: [Loan], _ alive: [Loan], _ namespaces: [NamespaceSighting]) -> [Loan] {
        do {
            guard let end = try Self.end(loans, namespaces) else { return [] }
            // For people, what its namespace is called here; the run may have been inside, where it needed no name.
            let loans = loans.map { loan in
                var loan = loan
                loan.interface.namespaceName = end.namespace.name
                return loan
            }
            var restitution = Restitution()
            restitution.give(loans, to: end, others: alive)
            restored += restitution.given.map { Item($0) }
            left += restitution.changed.map { Item($0) }
            failed += restitution.failed.map { Item($0.loan, reason: "\($0.error)") }
            return restitution.failed.map(\.loan)
        } catch {
            failed += loans.map { Item($0, reason: "\(error)") }
            return loans
        }
    }

    /// The interface, if it is there and still the same; nil if it is gone.
    ///
    /// - Throws: `SystemError` if its namespace can't be entered.
    private static func end(_ loans: [Loan], _ namespaces: [NamespaceSighting]) throws -> LinkEnd? {
        guard let interface = loans.first?.interface, let sighting = namespaces.first(where: { $0.identity == interface.namespace }) else {
            return nil
        }
        let end: LinkEnd
        do {
            end = try LinkEnd(index: interface.index, in: try sighting.open())
        } catch LinkError.noSuchLink {
            return nil
        }
        // Another namespace may have the number of one that is gone.
        if let cookie = interface.cookie, let here = end.table.namespaceCookie, here != cookie { return nil }
        // And another interface the index: this one has one of the addresses that ours had.
        let addresses = loans.map(\.interface.address) + loans.filter { $0.setting == .address }.flatMap { [$0.original, $0.ours] }
        guard end.link.kind == interface.kind, addresses.contains(end.link.address?.description ?? "") else { return nil }
        return end
    }
}
