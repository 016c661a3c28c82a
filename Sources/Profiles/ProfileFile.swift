import Foundation
import Kernel
import Plans

/// Reads the bytes of a profile, and says what is wrong with a file that has none.
enum ProfileFile {
    /// A profile is some lines that a person wrote.
    static let largestBytes = 1 << 20

    static func text(path: String) throws(ProfileError) -> String {
        let bytes = try bytes(path: path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: validPrefix(of: bytes), as: UTF8.self)
            throw ProfileError(
                file: path, place: SourcePlace(offset: valid.count, in: valid), "this is not UTF-8 text")
        }
        return text
    }

    private static func bytes(path: String) throws(ProfileError) -> Data {
        guard !SafeFile.isFolder(path) else {
            throw ProfileError(file: path, "this is a directory; name a profile in it")
        }
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            bytes = try handle.read(upToCount: largestBytes + 1) ?? Data()
        } catch {
            throw ProfileError(file: path, sentence(error as NSError))
        }
        guard bytes.count <= largestBytes else {
            throw ProfileError(file: path, "the file is larger than 1 MiB, which no profile is")
        }
        return bytes
    }

    /// Foundation wraps the kernel's errno, in one of its own or not at all.
    private static func sentence(_ error: NSError) -> String {
        let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        guard cause.domain == NSPOSIXErrorDomain else { return "the file can't be read: \(cause.localizedDescription)" }
        guard cause.code != Int(ENOENT) else { return "there is no such file" }
        return "the file can't be read: \(SystemError(call: "read", number: Int32(cause.code)).reason.lowercased())"
    }

    private static func validPrefix(of bytes: Data) -> Data {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { count += scalar.count }
        return bytes.prefix(count)
    }
}
