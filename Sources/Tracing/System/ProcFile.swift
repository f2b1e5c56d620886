import Glibc

/// Small files of /proc, read whole.
package enum ProcFile {
  /// The file's bytes; nil where it cannot be read, or has `limit` bytes or more: what stands in a
  /// part of a list proves nothing about the rest.
  static func read(_ path: String, limit: Int = 1 << 22) -> [UInt8]? {
    let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    return readAll(Descriptor(fd), limit: limit)
  }

  /// The rest of an open file; nil where it cannot be read, or has `limit` bytes or more.
  static func readAll(_ file: Descriptor, limit: Int = 1 << 22) -> [UInt8]? {
    var bytes: [UInt8] = []
    var size = 4096
    while bytes.count < limit {
      let got = unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { buffer in
        let count = unsafe Glibc.read(file.number, buffer.baseAddress, buffer.count)
        if count > 0 { unsafe bytes.append(contentsOf: buffer.prefix(count)) }
        return count
      }
      if got < 0, errno == EINTR { continue }
      if got <= 0 { return got == 0 ? bytes : nil }
      size = 1 << 16
    }
    return nil
  }

  /// The file's text, repaired where it is not UTF-8.
  static func text(_ path: String) -> String? {
    read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Where a symbolic link points; nil where it cannot be read.
  static func link(_ path: String) -> String? {
    linkBytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same, byte for byte.
  static func linkBytes(_ path: String) -> [UInt8]? {
    unsafe withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let count = unsafe readlink(path, base.assumingMemoryBound(to: CChar.self), buffer.count)
      guard count >= 0 else { return nil }
      return unsafe Array(buffer.prefix(count))
    }
  }

  /// The value of `key` in a file of `Key:\tvalue` lines.
  static func field(_ key: String, of path: String) -> String? {
    guard let text = text(path) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
      return String(line.dropFirst(key.count + 1).drop { $0 == " " || $0 == "\t" })
    }
    return nil
  }

  /// The process that a thread belongs to; nil where the thread is gone.
  static func process(ofThread tid: Int32) -> Int32? { ThreadStatus(tid)?.process }

  /// The same, for a thread that this thread traces; nil for any other.
  static func process(ofThreadTracedByUs tid: Int32) -> Int32? {
    ThreadStatus(tid).flatMap { $0.isTracedByUs ? $0.process : nil }
  }

  /// True where we are in the PID namespace of the machine (PROC_PID_INIT_INO, which is fixed).
  static var isOfInitialPidNamespace: Bool { link("/proc/self/ns/pid") == "pid:[4026531836]" }

  /// The same of the time namespace (PROC_TIME_INIT_INO), which a kernel need not have.
  static var isOfInitialTimeNamespace: Bool {
    link("/proc/self/ns/time").map { $0 == "time:[4026531834]" } ?? true
  }

  /// True where /proc speaks of the PID namespace that we are in.
  package static var isOurs: Bool { link("/proc/self") == String(getpid()) }

  /// A process's parent; nil where it is gone.
  static func parent(ofProcess pid: Int32) -> Int32? { ThreadStatus(pid)?.parent }

  /// A thread's name.
  static func comm(ofThread tid: Int32) -> String? {
    text("/proc/\(tid)/comm").map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
  }

  /// The program a process runs.
  static func executable(ofProcess pid: Int32) -> String? { link("/proc/\(pid)/exe") }

  /// A file that holds one number.
  static func number(_ path: String) -> UInt64? {
    text(path).flatMap { UInt64($0.prefix { $0.isNumber }) }
  }

  /// The soft limit of open descriptors (proc_pid_limits(5)).
  static func descriptorLimit(ofThread tid: Int32) -> UInt64? {
    guard let text = text("/proc/\(tid)/limits") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("Max open files") {
      return line.dropFirst(14).split(separator: " ").first.flatMap { UInt64($0) }
    }
    return nil
  }

  /// A field of proc_pid_stat(5) by its number there, from 3 on; nil where the thread is gone.
  static func statField(_ number: Int, of tid: Int32) -> Substring? {
    // The second one, the name in parentheses, may hold anything.
    guard let text = text("/proc/\(tid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[end...].split(separator: " ")
    return number - 2 < fields.count ? fields[number - 2] : nil
  }

  /// The CPU that a thread ran on last.
  static func lastCPU(ofThread tid: Int32) -> Int? { statField(39, of: tid).flatMap { Int($0) } }

  /// When a process began, in hundredths of a second from the start of the machine.
  static func startTime(ofProcess pid: Int32) -> UInt64? {
    statField(22, of: pid).flatMap { UInt64($0) }
  }

  /// The kernel's release, as uname(2) has it.
  static var kernelRelease: String {
    text("/proc/sys/kernel/osrelease").map { String($0.prefix { $0 != "\n" }) } ?? ""
  }
}
