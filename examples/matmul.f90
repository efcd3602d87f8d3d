! The product of two matrices, with OpenMP.  matmul ROWS
program matmul_openmp
  implicit none
  integer, parameter :: real64 = selected_real_kind(15)
  real(real64), allocatable :: a(:, :), b(:, :), c(:, :)
  character(len=32) :: word
  integer :: n, i, j, k

  n = 200
  if (command_argument_count() > 0) then
    call get_command_argument(1, word)
    read (word, *) n
  end if
  allocate (a(n, n), b(n, n), c(n, n))
  do j = 1, n
    do i = 1, n
      a(i, j) = modulo(i + 2*j, 7) - 3
      b(i, j) = modulo(3*i + j, 5) - 2
    end do
  end do
  c = 0
  !$omp parallel do private(i, k)
  do j = 1, n
    do k = 1, n
      do i = 1, n
        c(i, j) = c(i, j) + a(i, k)*b(k, j)
      end do
    end do
  end do
  !$omp end parallel do
  print '(a, f0.1)', 'sum of squares: ', sum(c*c)
end program matmul_openmp
