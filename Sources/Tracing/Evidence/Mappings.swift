import CTracee
import Decoding
import Glibc
import Records

/// What lies between two addresses of a process (proc_pid_maps(5)).
struct Mapping: Hashable {
  var start: UInt64
  var end: UInt64
  /// Where in its file it begins, in bytes; 0 where there is no file.
  var offset: UInt64
  var hasFile: Bool
  var isReadable: Bool
  var isWritable: Bool
  var isExecutable: Bool
  /// True where other processes may have it as well (MAP_SHARED).
  var isShared: Bool

  /// What the program's system calls can read: on x86 and arm, what may be written or executed may
  /// be read as well.
  var isReadableInKernel: Bool { isReadable || isWritable || isExecutable }
}

/// The mappings of a process, asked for one by one.
struct Mappings {
  private let file: Descriptor
  private let tid: Int32

  /// Nil where they may not be read.
  init?(_ tid: Int32) {
    let fd = unsafe open("/proc/\(tid)/maps", O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    file = Descriptor(fd)
    self.tid = tid
  }

  /// True where they may be kept for later questions.
  var mayBeKept: Bool { file.mayBeKept }

  enum Answer {
    case mapping(Mapping)
    /// Nothing is mapped there.
    case nothing
    case unknown
  }

  func find(_ address: UInt64) -> Answer {
    var found = tracee_mapping()
    switch unsafe tracee_find_mapping(file.number, address, &found) {
    case 0: return .mapping(Mapping(found))
    case -ENOENT: return .nothing
    default: return findInText(address)
    }
  }

  /// True where no other process can have these ranges by a mapping of its own, and change them; and
  /// where nothing is known of them.
  func arePrivate(_ ranges: [RemoteRange]) -> Bool {
    // Mostly one mapping has them all.
    var last: Mapping?
    for range in ranges where range.count > 0 {
      for address in [range.start.value, range.start.value &+ UInt64(range.count - 1)] {
        if let last, last.start <= address, address < last.end { continue }
        guard case .mapping(let mapping) = find(address) else { continue }
        if mapping.isShared { return false }
        last = mapping
      }
    }
    return true
  }

  /// What `find` says, from the text, for kernels before 6.11.
  func findInText(_ address: UInt64) -> Answer {
    guard let text = ProcFile.text("/proc/\(tid)/maps"), !text.isEmpty else { return .unknown }
    for line in text.split(separator: "\n") {
      if let mapping = Mapping(line: line), mapping.start <= address, address < mapping.end {
        return .mapping(mapping)
      }
    }
    return .nothing
  }

  /// Whether `address`, which lies in `mapping`, is behind the end of the mapping's file: memory
  /// that is mapped and cannot be used (SIGBUS). Nil where that is not known: it takes
  /// CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN (proc_pid_map_files(5)).
  func isBehindEndOfFile(_ address: UInt64, of mapping: Mapping) -> Bool? {
    guard mapping.hasFile else { return false }
    let bounds = String(mapping.start, radix: 16) + "-" + String(mapping.end, radix: 16)
    var status = stat()
    guard unsafe stat("/proc/\(tid)/map_files/\(bounds)", &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else { return false }
    let page = (address &- mapping.start) / MemoryImage.pageSize &* MemoryImage.pageSize
    return page &+ mapping.offset >= UInt64(clamping: status.st_size)
  }
}

extension Mapping {
  fileprivate init(_ found: tracee_mapping) {
    func allows(_ access: Int) -> Bool { found.access & UInt32(access) != 0 }
    self.init(
      start: found.start, end: found.end, offset: found.offset, hasFile: found.inode != 0,
      isReadable: allows(TRACEE_MAPPING_READABLE), isWritable: allows(TRACEE_MAPPING_WRITABLE),
      isExecutable: allows(TRACEE_MAPPING_EXECUTABLE), isShared: allows(TRACEE_MAPPING_SHARED))
  }

  ///     7f00-7f10 -w-p 00000000 00:00 0      name
  init?(line: Substring) {
    let fields = line.split(separator: " ", maxSplits: 5)
    let bounds = fields.first?.split(separator: "-") ?? []
    guard fields.count > 4, bounds.count == 2, let start = UInt64(bounds[0], radix: 16),
      let end = UInt64(bounds[1], radix: 16), let offset = UInt64(fields[2], radix: 16)
    else { return nil }
    self.init(
      start: start, end: end, offset: offset, hasFile: fields[4] != "0",
      isReadable: fields[1].contains("r"), isWritable: fields[1].contains("w"),
      isExecutable: fields[1].contains("x"), isShared: fields[1].contains("s"))
  }
}
