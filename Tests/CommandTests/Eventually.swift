/// What a test waited for, and never saw.
struct NeverCame: Error, CustomStringConvertible {
    let what: String
    let duration: Duration
    var description: String { "\(what) did not come in \(duration)" }
}

/// Looks again and again until it is so.
///
/// - Throws: `NeverCame`.
func eventually(_ what: @autoclosure () -> String, every pause: Duration = .milliseconds(10), _ isSo: () async throws -> Bool) async throws
{
    try await eventually(what(), every: pause) { () -> Void? in try await isSo() ? () : nil }
}

/// Looks again and again until there is something, for as long as a machine may take that does much else.
///
/// - Throws: `NeverCame`.
func eventually<Seen>(
    _ what: @autoclosure () -> String, within duration: Duration = .seconds(60), every pause: Duration = .milliseconds(10),
    _ look: () async throws -> Seen?
) async throws -> Seen {
    let start = ContinuousClock.now
    while true {
        if let seen = try await look() { return seen }
        guard start.duration(to: .now) < duration else { throw NeverCame(what: what(), duration: duration) }
        try await Task.sleep(for: pause)
    }
}
