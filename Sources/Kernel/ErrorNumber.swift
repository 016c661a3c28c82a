import Glibc

/// The `errno` values that calls are judged by, for rooms that don't import the C library.
public enum ErrorNumber {
    public static let again = EAGAIN
    public static let interrupted = EINTR
    public static let badDescriptor = EBADF
    public static let noBuffers = ENOBUFS
    public static let networkDown = ENETDOWN
    public static let noSuchDevice = ENODEV
    public static let noSuchAddress = ENXIO
    public static let notPermitted = EPERM
    public static let accessDenied = EACCES
    public static let noMemory = ENOMEM
    public static let readOnly = EROFS
    public static let noEntry = ENOENT
    public static let noSpace = ENOSPC
    public static let exists = EEXIST
    public static let busy = EBUSY
    public static let tooManyFiles = EMFILE
    public static let tooManyFilesOnMachine = ENFILE
    public static let outOfRange = ERANGE
    public static let invalid = EINVAL
    public static let messageSize = EMSGSIZE
    public static let notSupported = EOPNOTSUPP
    public static let noSuchFamily = EAFNOSUPPORT
    public static let noSuchOption = ENOPROTOOPT
    public static let connectionReset = ECONNRESET
    public static let brokenPipe = EPIPE
}
