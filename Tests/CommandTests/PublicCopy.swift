import Foundation

/// vethmark where every user may run it.
struct PublicCopy {
    let path: String
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/vethmark"
        try FileManager.default.copyItem(atPath: Program.vethmarkPath, toPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
}
