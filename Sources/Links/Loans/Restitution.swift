import Kernel

/// Gives settings back to an interface, each only if it is still as it was set: what somebody else has changed since is his.
struct Restitution {
    /// What was set, now or before.
    private(set) var given: [Loan] = []
    /// What is neither ours nor as it was: changed by somebody else.
    private(set) var changed: [Loan] = []
    /// What couldn't be given back, and why.
    private(set) var failed: [(loan: Loan, error: any Error)] = []

    /// - Parameters:
    ///   - loans: all of one interface.
    ///   - others: those of runs that live. Who holds the same setting gives it back later, and until then keeps what he has set.
    mutating func give(_ loans: [Loan], to end: LinkEnd, others: [Loan]) {
        // In the order in which they depend on each other, and each turn in one request.
        for turn in Set(loans.map(\.setting.turn)).sorted() {
            let step = loans.filter { $0.setting.turn == turn }
            do {
                let now = try end.values(of: step.map(\.setting))
                var targets: [LinkSetting: String] = [:]
                var returned: [Loan] = []
                for setting in Set(step.map(\.setting)) {
                    // Several where several runs were killed.
                    let held = step.filter { $0.setting == setting }
                    guard let current = now[setting], let first = held.first else { continue }
                    let holder = others.last { $0.isSame(as: first) }
                    guard let mine = held.first(where: { $0.ours == current }) else {
                        if holder == nil, current != first.original { changed.append(first) }
                        continue
                    }
                    let target = holder?.ours ?? mine.original
                    if target == current { continue }
                    targets[setting] = target
                    if holder == nil { returned.append(mine) }
                }
                guard !targets.isEmpty else { continue }
                try end.write(targets)
                given += returned.sorted { $0.setting.code < $1.setting.code }
            } catch LinkError.noSuchLink {
                // Gone, and its settings with it.
                return
            } catch {
                failed += step.map { ($0, error) }
            }
        }
    }
}
