! Ranks, every kind of parameter, and a status that is returned.
program ranks
  use mpi_f08
  use scalelaw
  implicit none
  type(scalelaw_work) :: work
  integer(int64) :: n, first, last, part, total
  integer :: add, reduce, status
  real(real64) :: factor
  character(len=:), allocatable :: name, way, note
  logical :: twice
  character(len=60) :: text
  call scalelaw_begin()
  call scalelaw_kernel('add', 'adds numbers')
  n = scalelaw_size('n', 1000000_int64, 1_int64, 1000000000_int64, 'numbers')
  n = n*scalelaw_count('times', 1_int64, 1_int64, 10_int64, 'how often')
  factor = scalelaw_number('factor', 1.0_real64, 0.0_real64, 2.0_real64, 'of nothing')
  name = scalelaw_choice('name', 'gauss,euler', 'whose')
  way = scalelaw_option('way', 'formula,other', 'how')
  note = scalelaw_text('note', 'none', 'any text')
  twice = scalelaw_flag('twice', 'on or off')
  add = scalelaw_phase('add', scalelaw_parallel)
  reduce = scalelaw_phase('reduce', scalelaw_transfer)
  if (factor > 1.5_real64) call scalelaw_refuse('the factor is too large', 'choose a smaller one')
  work = scalelaw_work(operations=real(n, real64), items=n, unit='numbers', amount=real(n, real64), &
                       exchange=scalelaw_reduce)
  if (scalelaw_start(work)) then
    call scalelaw_share(n, first, last)
    do while (scalelaw_sample())
      call scalelaw_enter(add)
      part = (first + last)*(last - first + 1)/2
      call scalelaw_items(last - first + 1)
      call scalelaw_enter(reduce)
      call MPI_Reduce(part, total, 1, MPI_INTEGER8, MPI_SUM, 0, MPI_COMM_WORLD)
      if (scalelaw_done() .and. scalelaw_rank() == 0) then
        write (text, '(i0,1x,i0,1x,f3.1,1x,a,1x,a,1x,a,1x,l1)') total, scalelaw_seed(), factor, name, way, note, twice
        call scalelaw_fact('sum', text)
        call scalelaw_verify(total == n*(n + 1)/2, 'the sum is wrong')
      end if
    end do
  end if
  call scalelaw_end(status)
  if (status /= 0) stop 1
end program
