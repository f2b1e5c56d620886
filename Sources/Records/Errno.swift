/// An error number of the kernel.
package struct Errno: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let notPermitted = Errno(rawValue: 1)
  package static let noEntry = Errno(rawValue: 2)
  package static let noProcess = Errno(rawValue: 3)
  package static let interrupted = Errno(rawValue: 4)
  package static let ioError = Errno(rawValue: 5)
  package static let noDeviceOrAddress = Errno(rawValue: 6)
  package static let badDescriptor = Errno(rawValue: 9)
  package static let again = Errno(rawValue: 11)
  package static let noMemory = Errno(rawValue: 12)
  package static let accessDenied = Errno(rawValue: 13)
  package static let badAddress = Errno(rawValue: 14)
  package static let busy = Errno(rawValue: 16)
  package static let noDevice = Errno(rawValue: 19)
  package static let notDirectory = Errno(rawValue: 20)
  package static let invalidArgument = Errno(rawValue: 22)
  package static let brokenPipe = Errno(rawValue: 32)
  package static let noSystemCall = Errno(rawValue: 38)
  package static let tooManyLinks = Errno(rawValue: 40)
  package static let removed = Errno(rawValue: 43)
  package static let noData = Errno(rawValue: 61)
  package static let notSocket = Errno(rawValue: 88)
  package static let destinationRequired = Errno(rawValue: 89)
  package static let messageTooLong = Errno(rawValue: 90)
  package static let wrongProtocolType = Errno(rawValue: 91)
  package static let noProtocolOption = Errno(rawValue: 92)
  package static let notSupported = Errno(rawValue: 95)
  package static let familyNotSupported = Errno(rawValue: 97)
  package static let addressNotAvailable = Errno(rawValue: 99)
  package static let networkDown = Errno(rawValue: 100)
  package static let networkUnreachable = Errno(rawValue: 101)
  package static let connectionReset = Errno(rawValue: 104)
  package static let noBuffers = Errno(rawValue: 105)
  package static let isConnected = Errno(rawValue: 106)
  package static let notConnected = Errno(rawValue: 107)
  package static let tooManyReferences = Errno(rawValue: 109)
  package static let connectionRefused = Errno(rawValue: 111)
  package static let hostUnreachable = Errno(rawValue: 113)
  package static let alreadyInProgress = Errno(rawValue: 114)
  package static let inProgress = Errno(rawValue: 115)
  package static let noKey = Errno(rawValue: 126)

  /// ERESTARTNOHAND: EINTR where there is a handler, else the call again.
  package static let restartUnlessHandled = Errno(rawValue: 514)

  /// What the kernel puts in place of an errno to have the call restarted (ERESTARTSYS,
  /// ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK; include/linux/errno.h): for its own
  /// signal code; a program sees EINTR, or the call again.
  package static let restarts: Set = [
    Errno(rawValue: 512), Errno(rawValue: 513), restartUnlessHandled, Errno(rawValue: 516),
  ]

  package var isRestart: Bool { Self.restarts.contains(self) }

  /// The raw result of a call that fails with it.
  package var result: Int64 { -Int64(rawValue) }

  /// The error in a call's raw result, a negated errno; nil where it is none (include/linux/err.h:
  /// `MAX_ERRNO`).
  package init?(result: Int64) {
    guard result < 0, result >= -4095 else { return nil }
    self.init(rawValue: Int32(-result))
  }

  /// The kernel's name, or the number where it has none.
  package var name: String { Self.names[rawValue] ?? String(rawValue) }

  /// The one of this name, or of the number that stands for it.
  package init?(name: String) {
    guard let number = Self.numbers[name] ?? Self.synonyms[name] ?? Int32(name) else { return nil }
    rawValue = number
  }

  private static let numbers = names.inverted
  private static let synonyms: [String: Int32] = [
    "EWOULDBLOCK": 11, "EDEADLOCK": 35, "ENOTSUP": 95,
  ]

  /// The names there are, for messages about a misspelt one.
  package static var allNames: [String] { Array(numbers.keys) }

  /// include/uapi/asm-generic/errno.h and, from 512, include/linux/errno.h: kernel-internal ones
  /// that a program should never see but sometimes does (ENOTSUPP). Of EAGAIN/EWOULDBLOCK,
  /// EDEADLK/EDEADLOCK and EOPNOTSUPP/ENOTSUP the first.
  private static let names: [Int32: String] = [
    1: "EPERM", 2: "ENOENT", 3: "ESRCH", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG",
    8: "ENOEXEC", 9: "EBADF", 10: "ECHILD", 11: "EAGAIN", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT",
    15: "ENOTBLK", 16: "EBUSY", 17: "EEXIST", 18: "EXDEV", 19: "ENODEV", 20: "ENOTDIR",
    21: "EISDIR", 22: "EINVAL", 23: "ENFILE", 24: "EMFILE", 25: "ENOTTY", 26: "ETXTBSY",
    27: "EFBIG", 28: "ENOSPC", 29: "ESPIPE", 30: "EROFS", 31: "EMLINK", 32: "EPIPE", 33: "EDOM",
    34: "ERANGE", 35: "EDEADLK", 36: "ENAMETOOLONG", 37: "ENOLCK", 38: "ENOSYS", 39: "ENOTEMPTY",
    40: "ELOOP", 42: "ENOMSG", 43: "EIDRM", 44: "ECHRNG", 45: "EL2NSYNC", 46: "EL3HLT",
    47: "EL3RST", 48: "ELNRNG", 49: "EUNATCH", 50: "ENOCSI", 51: "EL2HLT", 52: "EBADE",
    53: "EBADR", 54: "EXFULL", 55: "ENOANO", 56: "EBADRQC", 57: "EBADSLT", 59: "EBFONT",
    60: "ENOSTR", 61: "ENODATA", 62: "ETIME", 63: "ENOSR", 64: "ENONET", 65: "ENOPKG",
    66: "EREMOTE", 67: "ENOLINK", 68: "EADV", 69: "ESRMNT", 70: "ECOMM", 71: "EPROTO",
    72: "EMULTIHOP", 73: "EDOTDOT", 74: "EBADMSG", 75: "EOVERFLOW", 76: "ENOTUNIQ", 77: "EBADFD",
    78: "EREMCHG", 79: "ELIBACC", 80: "ELIBBAD", 81: "ELIBSCN", 82: "ELIBMAX", 83: "ELIBEXEC",
    84: "EILSEQ", 85: "ERESTART", 86: "ESTRPIPE", 87: "EUSERS", 88: "ENOTSOCK", 89: "EDESTADDRREQ",
    90: "EMSGSIZE", 91: "EPROTOTYPE", 92: "ENOPROTOOPT", 93: "EPROTONOSUPPORT",
    94: "ESOCKTNOSUPPORT", 95: "EOPNOTSUPP", 96: "EPFNOSUPPORT", 97: "EAFNOSUPPORT",
    98: "EADDRINUSE", 99: "EADDRNOTAVAIL", 100: "ENETDOWN", 101: "ENETUNREACH", 102: "ENETRESET",
    103: "ECONNABORTED", 104: "ECONNRESET", 105: "ENOBUFS", 106: "EISCONN", 107: "ENOTCONN",
    108: "ESHUTDOWN", 109: "ETOOMANYREFS", 110: "ETIMEDOUT", 111: "ECONNREFUSED", 112: "EHOSTDOWN",
    113: "EHOSTUNREACH", 114: "EALREADY", 115: "EINPROGRESS", 116: "ESTALE", 117: "EUCLEAN",
    118: "ENOTNAM", 119: "ENAVAIL", 120: "EISNAM", 121: "EREMOTEIO", 122: "EDQUOT",
    123: "ENOMEDIUM", 124: "EMEDIUMTYPE", 125: "ECANCELED", 126: "ENOKEY", 127: "EKEYEXPIRED",
    128: "EKEYREVOKED", 129: "EKEYREJECTED", 130: "EOWNERDEAD", 131: "ENOTRECOVERABLE",
    132: "ERFKILL", 133: "EHWPOISON", 512: "ERESTARTSYS", 513: "ERESTARTNOINTR",
    514: "ERESTARTNOHAND", 515: "ENOIOCTLCMD", 516: "ERESTART_RESTARTBLOCK", 517: "EPROBE_DEFER",
    518: "EOPENSTALE", 519: "ENOPARAM", 521: "EBADHANDLE", 522: "ENOTSYNC", 523: "EBADCOOKIE",
    524: "ENOTSUPP", 525: "ETOOSMALL", 526: "ESERVERFAULT", 527: "EBADTYPE", 528: "EJUKEBOX",
    529: "EIOCBQUEUED", 530: "ERECALLCONFLICT", 531: "ENOGRACE",
  ]
}
