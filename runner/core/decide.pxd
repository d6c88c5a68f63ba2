cdef int ENTER, EXIT, NOTHING

cpdef int wants(bint entry, bint leave, double quantity) except -1
