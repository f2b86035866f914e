# Loss curves of both runs: gnuplot -e "dir='DIR'" models/tiny/train/loss.gp   (DIR holds loss-ternary.csv, loss-full.csv)
set terminal svg size 720,360 dynamic noenhanced font 'sans-serif,13' background '#ffffff'
set output dir.'/loss.svg'
set datafile separator ','
set border 3 lc rgb '#888888'
set tics nomirror out scale 0.6
set grid ytics lc rgb '#dddddd'
set logscale y
set ytics (1, 1.5, 2, 3, 4, 6)
set xlabel 'training tokens, millions'
set ylabel 'loss, nats per token (mean of 20 steps)'
set key top right
plot dir.'/loss-full.csv' skip 1 using ($2/1e6):4 with lines lw 1.5 lc rgb '#5b8db8' title 'full precision', \
     dir.'/loss-ternary.csv' skip 1 using ($2/1e6):4 with lines lw 1.5 lc rgb '#c2553f' title 'ternary'
