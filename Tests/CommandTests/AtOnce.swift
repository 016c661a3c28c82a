/// Runs `body` for each of `items`, some of them beside each other: for what mostly waits, and expects no figures of a load.
///
/// - Parameter width: how many at once.
func atOnce<Item: Sendable>(
    _ items: some Collection<Item>, width: Int = 4, _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (position, item) in items.enumerated() {
            if position >= width { try await group.next() }
            group.addTask { try await body(item) }
        }
        try await group.waitForAll()
    }
}
