import FoundationEssentials
import Kernel
import Results

/// Where runs save themselves: one folder a run, `result.json`, `report.txt` and `trials.csv`.
public final class ResultStore {
    /// Why a run could not be saved. The result itself still goes to stdout.
    public struct SaveError: Error, Equatable, CustomStringConvertible {
        public var path: String
        public var reason: String
        /// Whether the folder has what was saved before, with fewer trials.
        public var holdsEarlier = false

        public var description: String {
            "the run could not be saved in \(path): \(reason)\(holdsEarlier ? ", and what is there has only its earlier trials" : ""); "
                + "choose another folder with -o, or use --no-save"
        }
    }

    private var wish: String
    /// Where to go instead if the current folder is not ours to write in.
    private var fallback: String?
    /// Held as long as this store may write: nobody clears up beneath a run that is at work.
    private(set) var lock: FileLock?
    /// Whether a folder that is there already may be used.
    private let takesExisting: Bool
    private var folder: String?

    /// Under `results/` of the current directory, named by the time: `2026-01-31-235959`. Where that folder may not be written, under the user's state folder.
    public convenience init(now: Date = .now) {
        let stamp = now.formatted(
            .iso8601.year().month().day().dateSeparator(.dash).dateTimeSeparator(.space).time(includingFractionalSeconds: false)
                .timeSeparator(.omitted)
        ).replacing(" ", with: "-")
        self.init(wish: "\(ResultPlaces.current)/\(stamp)", takesExisting: false)
        fallback = ResultPlaces.state().map { "\($0)/\(stamp)" }
    }

    /// Exactly this folder, made if it isn't there. One that holds a result already gets a neighbour
    /// (`folder-2`), so that no run overwrites another.
    public convenience init(folder: String) {
        self.init(wish: folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder, takesExisting: true)
    }

    /// A folder that holds what is to go on, a result of it included.
    ///
    /// - Parameter lock: the folder's, where it is to be held as long as this store may write.
    convenience init(adopting folder: String, lock: FileLock? = nil) {
        self.init(wish: folder, takesExisting: true)
        self.folder = folder
        self.lock = lock
    }

    private init(wish: String, takesExisting: Bool) {
        self.wish = wish
        self.takesExisting = takesExisting
    }

    /// A run: `report.txt`, `trials.csv` and `result.json`.
    ///
    /// - Returns: the folder.
    /// - Throws: `SaveError`; what was saved before is as it was then.
    @discardableResult
    public func save(_ result: RunResult) throws(SaveError) -> String {
        try save {
            [
                ("report.txt", ConsoleReport(result, style: .plain).text), ("trials.csv", CSVReport.text(result)),
                ("result.json", try JSONReport.text(result))
            ]
        }
    }

    /// Writes all files, each whole or not at all; a second time, with what was added since, in the place of the first.
    ///
    /// - Parameter files: `result.json` last: it is the sign that the result is complete, and that the folder is taken.
    /// - Returns: the folder.
    /// - Throws: `SaveError`; what was saved before is as it was then.
    @discardableResult
    public func save(_ files: () throws -> [(name: String, text: String)]) throws(SaveError) -> String {
        let isFirst = folder == nil
        let folder: String
        do throws(SystemError) {
            folder = try place()
        } catch {
            throw SaveError(path: wish, reason: error.reason)
        }
        var written: [String] = []
        do {
            try SafeFile.write(try files(), in: folder) { written.append($0) }
            return folder
        } catch {
            if isFirst {
                SafeFile.remove(written, in: folder)
                self.folder = nil
                lock = nil
            }
            throw SaveError(path: folder, reason: (error as? SystemError)?.reason ?? "\(error)", holdsEarlier: !isFirst)
        }
    }

    private func place() throws(SystemError) -> String {
        do throws(SystemError) {
            return try claimed()
        } catch {
            guard let fallback, error.isPermission || error.number == ErrorNumber.readOnly else { throw error }
            wish = fallback
            self.fallback = nil
            return try claimed()
        }
    }

    /// The folder, made and taken at the first time. A folder that another run made in the same second is the other run's.
    private func claimed() throws(SystemError) -> String {
        if let folder { return folder }
        for number in 1... {
            let path = number == 1 ? wish : "\(wish)-\(number)"
            guard try SafeFile.makeFolder(path) || takesExisting && !Self.holdsResult(path) else { continue }
            folder = path
            lock = try? FileLock(path)
            return path
        }
        return wish
    }

    /// Whether a folder holds a result, or a sweep that has none yet.
    static func holdsResult(_ path: String) -> Bool {
        SafeFile.exists(path + "/result.json") || SafeFile.exists(path + "/" + sweepName)
    }

    /// What a sweep lays out, which may be without a result.
    static let sweepName = "sweep.json"
}
