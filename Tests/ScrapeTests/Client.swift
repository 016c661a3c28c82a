import Glibc
import Kernel

/// A client of a page on this machine that says what a test wants, and nothing by itself.
final class Client {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else {
            let error = SystemError(call: "connect", number: errno)
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    func say(_ text: String) throws {
        guard send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count else {
            throw SystemError(call: "send", number: errno)
        }
    }

    /// What comes next; empty at the end, or if the other end was cut off.
    func hear() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == ECONNRESET { return "" }
        guard count >= 0 else { throw SystemError(call: "recv", number: errno) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// One answer, its body as long as it says.
    func answer(hasBody: Bool = true) throws -> String {
        var text = ""
        while true {
            let more = try hear()
            text += more
            guard let head = text.range(of: "\r\n\r\n"), !more.isEmpty else {
                if more.isEmpty { return text }
                continue
            }
            let length = text[..<head.lowerBound].split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }?.dropFirst(16)
            guard hasBody, let length = length.flatMap({ Int($0) }) else { return text }
            if text[head.upperBound...].utf8.count >= length { return text }
        }
    }
}

extension String {
    fileprivate func range(of part: String) -> Range<String.Index>? { firstRange(of: part) }
}
