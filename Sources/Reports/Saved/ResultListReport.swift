import FoundationEssentials
import Methods

/// Saved results as a list, for people and for scripts.
public struct ResultListReport {
    private let library: ResultLibrary

    public init(_ library: ResultLibrary) { self.library = library }

    /// Ends with a line break.
    public func text(style: TextStyle) -> String {
        guard !library.entries.isEmpty else {
            return "no results in \(library.folders.map(\.visible).joined(separator: " or ")); `vethmark run` makes one\n"
        }
        let width = library.entries.map { ($0.kind?.rawValue ?? "?").count }.max() ?? 0
        let lines = library.entries.flatMap { entry -> [String] in
            let kind = entry.kind?.rawValue ?? "?"
            let heading = "\(Self.time(entry.date))  \(kind.padded(width))  \(style.heading(entry.path.visible))"
            let headline = entry.headline.visible
            let isDoubtful = entry.trusted == false && !headline.contains("not to be trusted")
            return [heading]
                + style.wrapped(
                    "    \(entry.isOurs ? headline : style.bad(headline))" + (isDoubtful ? ", not to be trusted" : ""), indent: 4)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Ends with a line break.
    public func json() throws -> String {
        let results = library.entries.map { entry in
            ResultListing.Entry(
                path: entry.path, kind: entry.kind?.rawValue, startedAt: entry.date.formatted(.iso8601),
                headline: entry.isOurs ? entry.headline : nil, figures: entry.figures, trusted: entry.trusted,
                error: entry.isOurs ? nil : entry.headline)
        }
        return try JSONReport.text(ResultListing(folders: library.folders, results: results))
    }

    private static func time(_ date: Date) -> String {
        date.formatted(.iso8601.year().month().day().dateSeparator(.dash).dateTimeSeparator(.space).time(includingFractionalSeconds: false))
    }
}

/// What `vethmark results list --json` prints.
public struct ResultListing: Codable, Equatable, Sendable {
    public static let currentSchema = "vethmark.results/1"

    public struct Entry: Codable, Equatable, Sendable {
        public var path: String
        /// `run`, `sweep`, …; nil if it can't be read.
        public var kind: String?
        /// In ISO 8601, UTC.
        public var startedAt: String
        /// Nil if it can't be read.
        public var headline: String?
        public var figures: ResultLibrary.Figures?
        public var trusted: Bool?
        /// Why it can't be read.
        public var error: String?
    }

    public var schema = Self.currentSchema
    /// Where was looked.
    public var folders: [String]
    /// The newest first.
    public var results: [Entry]
}
