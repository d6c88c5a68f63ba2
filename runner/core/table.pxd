cdef class SideTable:
    cdef public list add_columns
    cdef public const unsigned char[::1] leave
    cdef public const double[:] prefer
    cdef public const double[:] price
    cdef public const unsigned char[::1] rise
    cdef public list rule_columns
    cdef public const double[:] value

cdef class Table:
    cdef public const unsigned char[::1] calls
    cdef public const double[::1] close
    cdef public long count
    cdef public long first
    cdef public const unsigned char[:] flags
    cdef public const double[:] funding
    cdef public const double[::1] high
    cdef public long last
    cdef public SideTable long_side
    cdef public const double[::1] low
    cdef public const double[::1] open
    cdef public const long long[::1] opened_at
    cdef public SideTable short_side
    cdef public const double[:] stop
    cdef public const double[:, :] targets
    cdef public long long tf_ms
    cdef public const double[:] trail
