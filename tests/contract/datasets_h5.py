"""A file of HDF5 datasets: x (10 f64), y (11 f64), i (10 integers), m (2 x 2 f64), and z, which is
like m but compressed by LZF, a filter that only h5py has.  Made with h5py."""

import base64
import zlib

DATASETS = zlib.decompress(base64.b85decode(
    "c-rk)u};G<5WTaTViJ%NrmAAd$jH#WL26N_QUOCoCL|=-OC|QQ@d=Fm6h5P$(2=dg@wp|2rh*~}aBq3B"
    "@AXo>oRhQfd!6H5zv+X9Qc!~sUSm#3_lsj2zaU29G4Vv$dCX%CnvW>It2;mKcC~u$z~1MuX7~UY{}H|J"
    "(Li%*>w)-56m>)5TjDF?8{&~uuj}dw!82O4V^hh9X2K_(WtqiwB#PUh@|gr$0kr1Q#Jy}*$Au7i0!8^G"
    "k{kxkKNwf)Ih^%RI@%Mvp2ziaeQYnna-FhzS+28bhF-bOKG!g+W<9T~tAKRD#&tCyYtu^C)yLOam`g(i"
    "3qQ(zn5<Y|5Bze4X}ju-&U<@PF6N&RQxSnmP+#M;op{*?X7;#+ki<JNph~z}7z_r3@%!<%?=qb;n)V6o"
    "_G%S>zAt@N&JMxZ!TppU_3!aRnuI}?AM-w!65Q#ygzM2|KGeq^9xh#4_$Oq%x4gAjZlQW#>W4m;!FSGO"
    "nrnX7*e;G;pA;`W27|$1Fc^$Kg%=@5a!U"))
