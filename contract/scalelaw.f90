! scalelaw.f90: makes a Fortran program one that `scalelaw` measures.  docs/bring-your-own.md shows how.
!
! The calls and their meaning are those of scalelaw.h, which does the work.  Compile the header once, as C, with the
! flags of the program (-fopenmp; mpicc and -DSCALELAW_USE_MPI), and link both:
!
!     cc -c -x c -DSCALELAW_IMPLEMENTATION scalelaw.h -o scalelaw.o
!
! With MPI, scalelaw_start() and scalelaw_end() call MPI_Init and MPI_Finalize.  A program that calls them itself uses
! `call scalelaw_end(status)`, then calls MPI_Finalize and ends with this status.
module scalelaw
  use, intrinsic :: iso_c_binding
  use, intrinsic :: iso_fortran_env, only: int64, output_unit, real64
  implicit none
  private
  public :: scalelaw_begin, scalelaw_kernel, scalelaw_size, scalelaw_count, scalelaw_number, scalelaw_choice
  public :: scalelaw_option, scalelaw_text, scalelaw_flag, scalelaw_phase, scalelaw_refuse, scalelaw_start
  public :: scalelaw_sample, scalelaw_enter, scalelaw_done, scalelaw_end, scalelaw_fact, scalelaw_verify
  public :: scalelaw_busy, scalelaw_idle, scalelaw_items, scalelaw_rank, scalelaw_ranks, scalelaw_threads
  public :: scalelaw_seed, scalelaw_share, scalelaw_fail, scalelaw_work, int64, real64

  ! The role of a phase.
  integer, parameter, public :: scalelaw_serial = 0, scalelaw_parallel = 1, scalelaw_transfer = 2
  ! The messages of a pass.
  integer, parameter, public :: scalelaw_reduce = 0, scalelaw_scatter = 1, scalelaw_other = 2

  ! The work of a pass, as scalelaw.h says of each.
  type :: scalelaw_work
    real(real64) :: operations = 0, flops = 0, compulsory_bytes = 0, resident_bytes = 0, amount = 0
    character(len=32) :: unit = ''
    integer(int64) :: items = 0
    logical :: memory_bound = .false., no_diagnostics = .false.
    integer :: exchange = scalelaw_reduce
  end type

  ! The same in C.
  type, bind(C) :: c_work
    real(c_double) :: operations, flops, compulsory_bytes, resident_bytes, amount
    type(c_ptr) :: unit
    integer(c_int64_t) :: items
    logical(c_bool) :: memory_bound, no_diagnostics
    integer(c_int) :: exchange
  end type

  type, bind(C) :: c_range
    integer(c_int64_t) :: first, last
  end type

  ! A text that C keeps, and so may not end with the call.
  type :: kept_text
    character(kind=c_char, len=:), pointer :: text => null()
  end type
  interface
    subroutine c_begin(argc, argv) bind(C, name='scalelaw_begin')
      import :: c_int, c_ptr
      integer(c_int), value :: argc
      type(c_ptr), intent(in) :: argv(*)
    end subroutine
    subroutine c_kernel(name, summary) bind(C, name='scalelaw_kernel')
      import :: c_ptr
      type(c_ptr), value :: name, summary
    end subroutine
    integer(c_int64_t) function c_size(name, initial, least, most, help) bind(C, name='scalelaw_size')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: name, help
      integer(c_int64_t), value :: initial, least, most
    end function
    integer(c_int64_t) function c_count(name, initial, least, most, help) bind(C, name='scalelaw_count')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: name, help
      integer(c_int64_t), value :: initial, least, most
    end function
    real(c_double) function c_number(name, initial, least, most, help) bind(C, name='scalelaw_number')
      import :: c_double, c_ptr
      type(c_ptr), value :: name, help
      real(c_double), value :: initial, least, most
    end function
    type(c_ptr) function c_choice(name, choices, help) bind(C, name='scalelaw_choice')
      import :: c_ptr
      type(c_ptr), value :: name, choices, help
    end function
    type(c_ptr) function c_option(name, choices, help) bind(C, name='scalelaw_option')
      import :: c_ptr
      type(c_ptr), value :: name, choices, help
    end function
    type(c_ptr) function c_text(name, initial, help) bind(C, name='scalelaw_text')
      import :: c_ptr
      type(c_ptr), value :: name, initial, help
    end function
    logical(c_bool) function c_flag(name, help) bind(C, name='scalelaw_flag')
      import :: c_bool, c_ptr
      type(c_ptr), value :: name, help
    end function
    integer(c_int) function c_phase(name, role) bind(C, name='scalelaw_phase')
      import :: c_int, c_ptr
      type(c_ptr), value :: name
      integer(c_int), value :: role
    end function
    subroutine c_refuse(what, hint) bind(C, name='scalelaw_refuse')
      import :: c_ptr
      type(c_ptr), value :: what, hint
    end subroutine
    logical(c_bool) function c_start(work) bind(C, name='scalelaw_start')
      import :: c_bool, c_work
      type(c_work), intent(in) :: work
    end function
    logical(c_bool) function c_sample() bind(C, name='scalelaw_sample')
      import :: c_bool
    end function
    subroutine c_enter(phase) bind(C, name='scalelaw_enter')
      import :: c_int
      integer(c_int), value :: phase
    end subroutine
    logical(c_bool) function c_done() bind(C, name='scalelaw_done')
      import :: c_bool
    end function
    integer(c_int) function c_end() bind(C, name='scalelaw_end')
      import :: c_int
    end function
    subroutine c_fact(name, text) bind(C, name='scalelaw_fact_text')
      import :: c_ptr
      type(c_ptr), value :: name, text
    end subroutine
    subroutine c_verify(right, fault) bind(C, name='scalelaw_verify_text')
      import :: c_bool, c_ptr
      logical(c_bool), value :: right
      type(c_ptr), value :: fault
    end subroutine
    subroutine c_busy(thread) bind(C, name='scalelaw_busy')
      import :: c_int
      integer(c_int), value :: thread
    end subroutine
    subroutine c_idle(thread) bind(C, name='scalelaw_idle')
      import :: c_int
      integer(c_int), value :: thread
    end subroutine
    subroutine c_items(items) bind(C, name='scalelaw_items')
      import :: c_int64_t
      integer(c_int64_t), value :: items
    end subroutine
    pure integer(c_int) function c_rank() bind(C, name='scalelaw_rank')
      import :: c_int
    end function
    pure integer(c_int) function c_ranks() bind(C, name='scalelaw_ranks')
      import :: c_int
    end function
    pure integer(c_int) function c_threads() bind(C, name='scalelaw_threads')
      import :: c_int
    end function
    pure integer(c_int64_t) function c_seed() bind(C, name='scalelaw_seed')
      import :: c_int64_t
    end function
    type(c_range) function c_share(count) bind(C, name='scalelaw_share')
      import :: c_int64_t, c_range
      integer(c_int64_t), value :: count
    end function
    subroutine c_fail(what, hint) bind(C, name='scalelaw_fail')
      import :: c_ptr
      type(c_ptr), value :: what, hint
    end subroutine
    subroutine c_exit(status) bind(C, name='exit')
      import :: c_int
      integer(c_int), value :: status
    end subroutine
    integer(c_size_t) function c_strlen(text) bind(C, name='strlen')
      import :: c_ptr, c_size_t
      type(c_ptr), value :: text
    end function
  end interface

contains

  ! A copy for C, without the blanks at its end.  It is never freed: C keeps names, and there are few.
  type(c_ptr) function kept(text)
    character(len=*), intent(in) :: text
    type(kept_text) :: copy
    allocate (character(kind=c_char, len=len_trim(text) + 1) :: copy%text)
    copy%text = trim(text)//c_null_char
    kept = c_loc(copy%text)
  end function

  function from_c(text) result(out)
    type(c_ptr), intent(in) :: text
    character(len=:), allocatable :: out
    character(kind=c_char), pointer :: bytes(:)
    integer :: i
    call c_f_pointer(text, bytes, [c_strlen(text)])
    allocate (character(len=size(bytes)) :: out)
    do i = 1, size(bytes)
      out(i:i) = bytes(i)
    end do
  end function

  ! Reads the command line.
  subroutine scalelaw_begin()
    type(c_ptr), allocatable, save :: words(:)
    character(len=:), allocatable :: word
    integer :: i, length
    allocate (words(0:command_argument_count() + 1))
    do i = 0, command_argument_count()
      call get_command_argument(i, length=length)
      allocate (character(len=length) :: word)
      call get_command_argument(i, word)
      words(i) = kept(word)
      deallocate (word)
    end do
    words(i) = c_null_ptr
    call c_begin(int(i, c_int), words)
  end subroutine

  subroutine scalelaw_kernel(name, summary)
    character(len=*), intent(in) :: name, summary
    call c_kernel(kept(name), kept(summary))
  end subroutine

  integer(int64) function scalelaw_size(name, initial, least, most, help)
    character(len=*), intent(in) :: name, help
    integer(int64), intent(in) :: initial, least, most
    scalelaw_size = c_size(kept(name), initial, least, most, kept(help))
  end function

  integer(int64) function scalelaw_count(name, initial, least, most, help)
    character(len=*), intent(in) :: name, help
    integer(int64), intent(in) :: initial, least, most
    scalelaw_count = c_count(kept(name), initial, least, most, kept(help))
  end function

  real(real64) function scalelaw_number(name, initial, least, most, help)
    character(len=*), intent(in) :: name, help
    real(real64), intent(in) :: initial, least, most
    scalelaw_number = c_number(kept(name), initial, least, most, kept(help))
  end function

  function scalelaw_choice(name, choices, help) result(chosen)
    character(len=*), intent(in) :: name, choices, help
    character(len=:), allocatable :: chosen
    chosen = from_c(c_choice(kept(name), kept(choices), kept(help)))
  end function

  function scalelaw_option(name, choices, help) result(chosen)
    character(len=*), intent(in) :: name, choices, help
    character(len=:), allocatable :: chosen
    chosen = from_c(c_option(kept(name), kept(choices), kept(help)))
  end function

  function scalelaw_text(name, initial, help) result(given)
    character(len=*), intent(in) :: name, initial, help
    character(len=:), allocatable :: given
    given = from_c(c_text(kept(name), kept(initial), kept(help)))
  end function

  logical function scalelaw_flag(name, help)
    character(len=*), intent(in) :: name, help
    scalelaw_flag = c_flag(kept(name), kept(help))
  end function

  integer function scalelaw_phase(name, role)
    character(len=*), intent(in) :: name
    integer, intent(in) :: role
    scalelaw_phase = c_phase(kept(name), int(role, c_int))
  end function

  subroutine scalelaw_refuse(what, hint)
    character(len=*), intent(in) :: what, hint
    call c_refuse(kept(what), kept(hint))
  end subroutine

  logical function scalelaw_start(work)
    type(scalelaw_work), intent(in) :: work
    type(c_work) :: in_c
    in_c = c_work(work%operations, work%flops, work%compulsory_bytes, work%resident_bytes, work%amount, c_null_ptr, &
                  work%items, logical(work%memory_bound, c_bool), logical(work%no_diagnostics, c_bool), &
                  int(work%exchange, c_int))
    if (work%unit /= '') in_c%unit = kept(work%unit)
    scalelaw_start = c_start(in_c)
  end function

  logical function scalelaw_sample()
    scalelaw_sample = c_sample()
  end function

  subroutine scalelaw_enter(phase)
    integer, intent(in) :: phase
    call c_enter(int(phase, c_int))
  end subroutine

  logical function scalelaw_done()
    scalelaw_done = c_done()
  end function

  ! Ends the program with its exit status, or returns the status.
  subroutine scalelaw_end(status)
    integer, intent(out), optional :: status
    integer(c_int) :: ended
    flush (output_unit)
    ended = c_end()
    if (.not. present(status)) call c_exit(ended)
    status = ended
  end subroutine

  subroutine scalelaw_fact(name, text)
    character(len=*), intent(in) :: name, text
    character(kind=c_char, len=len_trim(name) + 1), target :: c_name
    character(kind=c_char, len=len_trim(text) + 1), target :: c_value
    c_name = trim(name)//c_null_char
    c_value = trim(text)//c_null_char
    call c_fact(c_loc(c_name), c_loc(c_value))
  end subroutine

  subroutine scalelaw_verify(right, fault)
    logical, intent(in) :: right
    character(len=*), intent(in) :: fault
    character(kind=c_char, len=len_trim(fault) + 1), target :: c_fault
    c_fault = trim(fault)//c_null_char
    call c_verify(logical(right, c_bool), c_loc(c_fault))
  end subroutine

  subroutine scalelaw_busy(thread)
    integer, intent(in) :: thread
    call c_busy(int(thread, c_int))
  end subroutine

  subroutine scalelaw_idle(thread)
    integer, intent(in) :: thread
    call c_idle(int(thread, c_int))
  end subroutine

  subroutine scalelaw_items(items)
    integer(int64), intent(in) :: items
    call c_items(items)
  end subroutine

  pure integer function scalelaw_rank()
    scalelaw_rank = c_rank()
  end function

  pure integer function scalelaw_ranks()
    scalelaw_ranks = c_ranks()
  end function

  pure integer function scalelaw_threads()
    scalelaw_threads = c_threads()
  end function

  pure integer(int64) function scalelaw_seed()
    scalelaw_seed = c_seed()
  end function

  ! This rank's part of 1 .. count.
  subroutine scalelaw_share(count, first, last)
    integer(int64), intent(in) :: count
    integer(int64), intent(out) :: first, last
    type(c_range) :: share
    share = c_share(count)
    first = share%first + 1
    last = share%last
  end subroutine

  subroutine scalelaw_fail(what, hint)
    character(len=*), intent(in) :: what, hint
    call c_fail(kept(what), kept(hint))
  end subroutine
end module
