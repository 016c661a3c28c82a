import Kernel
import Synchronization

/// What one run has borrowed of its links: laid over their settings, and given back to the same interfaces, whatever they are called by then.
///
/// Runs that overlap on an interface share a setting: the original is that of the first, and the last one gives it back.
final class LoanBook: Sendable {
    private let journals: [LoanJournal]
    private let state = Mutex(State())

    private struct State {
        var loans: [Loan] = []
        /// The journal that could be used, and the run's file in it.
        var journal: LoanJournal?
        var name = LoanJournal.freshName()
        var problem: SystemError?
        /// The lock on the file, which says that this run lives.
        var owner: OwnedFile?
    }

    /// Boxes a descriptor, which can't be copied, for a struct that can.
    private final class OwnedFile: Sendable {
        private let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// - Parameter journals: best first; none for interfaces that go with the process.
    init(journals: [LoanJournal]) { self.journals = journals }

    /// Why nothing could be written down: what is borrowed then comes back at the end of the run, but not after SIGKILL.
    var problem: SystemError? { state.withLock { $0.problem } }

    // MARK: borrowing

    /// Lays values over an end's settings. All or nothing: what was changed before one was refused is given back.
    ///
    /// Those that the link doesn't have are left out.
    ///
    /// - Parameter required: one without which there is no point.
    /// - Throws: `LinkError`, `SystemError`.
    func lay(_ wanted: [LinkSetting: String], over end: LinkEnd, required: LinkSetting? = nil) throws {
        guard !wanted.isEmpty else { return }
        try state.withLock { state in
            try withFolder(&state) { folder, state in
                let others = Self.others(folder, but: state.name).flatMap { $0.loans ?? [] }
                let settings = wanted.keys.sorted { $0.code < $1.code }
                let now = try end.values(of: settings)
                if let required, now[required] == nil {
                    throw SystemError(call: "open \(required.file ?? required.code)", number: ErrorNumber.noEntry)
                }
                let address = state.loans.first { $0.interface.isSame(as: LoanedInterface(end, address: "")) }?.interface.address
                let interface = LoanedInterface(end, address: try address ?? end.current().address?.description ?? "")
                var loans: [Loan] = []
                for setting in settings {
                    guard let current = now[setting], let value = wanted[setting] else { continue }
                    var loan = Loan(interface: interface, setting: setting, original: current, ours: value)
                    // What another run has set isn't how it was, and may be taken away when that one ends: held by both.
                    let holder = others.first { $0.isSame(as: loan) }
                    if current == value, holder == nil { continue }
                    loan.original = holder?.original ?? current
                    loans.append(loan)
                }
                guard !loans.isEmpty else { return }
                try record(state.loans + loans, folder, &state)
                do {
                    let differing = loans.filter { now[$0.setting] != $0.ours }
                    try end.write(Dictionary(differing.map { ($0.setting, $0.ours) }) { first, _ in first })
                    try noteWhatCame(of: loans, now, end, folder, &state)
                } catch {
                    _ = giveBack(loans, to: end, folder, &state)
                    throw error
                }
            }
        }
    }

    /// The kernel may have made something else of a value: a mask without CPUs that are set apart, a feature that it doesn't switch.
    private func noteWhatCame(
        of loans: [Loan], _ before: [LinkSetting: String], _ end: LinkEnd, _ folder: borrowing LockedFolder?, _ state: inout State
    ) throws {
        let after = try end.values(of: loans.map(\.setting))
        var noted = state.loans
        for (position, loan) in noted.enumerated().reversed() where loans.contains(loan) {
            guard let value = after[loan.setting], value != loan.ours else { continue }
            if value == before[loan.setting], value == loan.original { noted.remove(at: position) } else { noted[position].ours = value }
        }
        if noted != state.loans { try record(noted, folder, &state) }
    }

    // MARK: giving back

    /// Gives back what was borrowed of `end`, all of it or what is asked for. Safe to call twice.
    ///
    /// - Returns: what could not be given back, one sentence each.
    func giveBack(to end: LinkEnd, where isMeant: (LinkSetting) -> Bool = { _ in true }) -> [String] {
        state.withLock { state in
            let here = LoanedInterface(end, address: "")
            let loans = state.loans.filter { $0.interface.isSame(as: here) && isMeant($0.setting) }
            guard !loans.isEmpty else { return [] }
            do {
                return try withFolder(&state) { folder, state in giveBack(loans, to: end, folder, &state) }
            } catch {
                return ["\(error)"]
            }
        }
    }

    private func giveBack(_ loans: [Loan], to end: LinkEnd, _ folder: borrowing LockedFolder?, _ state: inout State) -> [String] {
        var restitution = Restitution()
        if !end.isDeleted {
            let others = Self.others(folder, but: state.name).filter(\.isLive).flatMap { $0.loans ?? [] }
            restitution.give(loans, to: end, others: others)
        }
        // What failed stays in the journal, for `vethmark restore`.
        let failed = restitution.failed.map(\.loan)
        do {
            try record(state.loans.filter { !loans.contains($0) || failed.contains($0) }, folder, &state)
        } catch {
            state.problem = error as? SystemError
        }
        return restitution.failed.map { "\($0.loan.setting.name) of \($0.loan.interface.place): \($0.error)" }
    }

    // MARK: the journal

    /// Runs `body` in the journal's folder, while no other run works in it; without one where none can be used.
    private func withFolder<Output>(
        _ state: inout State, _ body: (borrowing LockedFolder?, inout State) throws -> Output
    ) throws -> Output {
        var refusal: SystemError?
        for journal in state.journal.map({ [$0] }) ?? journals {
            let folder: LockedFolder?
            do throws(SystemError) {
                folder = try LockedFolder(journal.folder, makes: true)
            } catch {
                refusal = refusal ?? error
                continue
            }
            state.journal = journal
            return try body(folder, &state)
        }
        state.problem = state.problem ?? refusal
        return try body(nil, &state)
    }

    private static func others(_ folder: borrowing LockedFolder?, but name: String) -> [LoanJournal.Page] {
        switch folder {
        case .none: []
        case .some(let folder): LoanJournal.pages(folder).filter { $0.name != name }
        }
    }

    /// Writes down what is borrowed from now on, before anything is changed.
    private func record(_ loans: [Loan], _ folder: borrowing LockedFolder?, _ state: inout State) throws {
        switch folder {
        case .none: break
        case .some(let folder):
            if loans.isEmpty {
                folder.remove(state.name)
                state.owner = nil
            } else {
                do throws(SystemError) {
                    state.owner = OwnedFile(try folder.replace(state.name, with: LoanJournal.text(loans)))
                    // All of them, also those that there was no room for before.
                    state.problem = nil
                } catch {
                    state.problem = error
                }
            }
        }
        state.loans = loans
    }
}
