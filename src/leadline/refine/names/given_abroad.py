"""Frequent given names of Europe, Turkey and West Africa, as far as they are rare in the United
States; folded.

Written by hand, for names that stand before what may be a family name or a legal form ("Amadou SA",
"Mehmet AS").
"""

ABROAD = """
abdou abdoulaye abdullah abel adama adao adriano afonso agnieszka ahmad ahmet aicha aissatou
aleksander alessandro alfonso alfredo aliou alvaro amadou amelie amina aminata anders andreas
andrzej ane anja annika antoine anton antonio armando arnaud arne artur arturo asbjorn astrid
augusto aurelie awa axel aylin ayse baptiste bartosz beatriz bengt bernardo bilal birgit bjorn
boubacar bruna bruno burak camille can carina carlota catarina celine cem cemal cheikh chiara
christoph claudio clemens cristiano cristina daouda deniz dennis dieter dimitri dmitri domingos
duarte ebru eduardo ekrem elif elin emeka emre enrico erdem eren erik ernst estelle eva fabian
fabio fabrice fanta fatih fatima fatma fatou fatoumata felipe ferdinand fernanda fernando filipe
florian francesco francois frank friedrich fritz gabriele geir gerd gerhard giovanni giulia
giuseppe goncalo gonzalo gudrun guido guillaume gul gunnar gustavo hakan hakon halil hanne hans
harald hasan hassan hatice heike heiko heinz helena helga helge helio hendrik henrik herbert horst
huseyin ibrahim ibrahima idrissa ines inga inge ingeborg ingo ingrid irfan isabel ismail issa
iulia ivan jakob jan jean jens jesper joana joao joaquim jochen joerg johan johann johannes jorg
jorge jose jozef juan juergen julien jurgen kadir kai karin karl katarzyna katja kemal kerem kjell
klara klaus knut koffi kofi krzysztof kurt kwame lamine lars leif leonardo levent lionel lorenzo
luca lucas lucia ludovic luis luisa lukas magnus mahmoud malick malik mamadou manuel manuela marc
marcel marcelo marco marek margarida mariama mariana marianne mario marius marta mateusz mathieu
mathilde matteo matthias mauro maximilian mehdi mehmet melanie merve michal miguel mikael mohamed
mohammad mohammed monika morten moussa muhammad murat mustafa mustapha nadia nasser nicolas niels
nikolai nils nuno olaf ole oliveira omar omer orhan oscar osman oumar ousmane ozan pablo paola
paolo patricia paulo pawel pedro peer per petra petter philipp pierre piotr rafael raimund ramazan
ramon recep regina renata renate rene ricardo roberto rodrigo rolf rui sabine salif saliou samba
samir sandrine sara sebastian serdar serge sergio sevgi seydou sigrid silvia simone sinan sofia
solveig sonja soren souleymane stefan stefanie stefano steffen stein stephane sule suleyman susana
susanne svein sven tarik tariq tatiana thiago thierry thomas thorsten tiago tobias tomas tomasz
torsten trond tuncay ulrich ulrike umut ursula uwe valentin vasco veronique vincenzo vitor volkan
volker wilhelm wolfgang xavier yann yasin yasmin yusuf yves zeynep
"""
