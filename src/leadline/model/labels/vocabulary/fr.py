"""French."""

WORDS = {
    "NAME": "nom personne_a_contacter personne_de_contact comment_vous_appelez_vous "
    "comment_t_appelles_tu",
    "FIRST_NAME": "prenom prenoms",
    "LAST_NAME": "nom_de_famille nom_famille patronyme",
    "FULL": "complet complete entier",
    "EMAIL": "courriel mel adresse_electronique courrier_electronique adresse_e_mail adresse_mail",
    "PHONE": "telephone_fixe telephonique numero_de_tel",
    "MOBILE": "portable gsm",
    "NUMBER": "numero n",
    "COMPANY": "entreprise societe raison_sociale organisme etablissement compagnie employeur "
    "structure dans_quelle_entreprise_travaillez_vous",
    "TITLE": "fonction poste intitule_du_poste intitule_de_poste poste_occupe metier",
    "COUNTRY": "pays",
    "WEBSITE": "site_web site_internet adresse_du_site page_web",
    "MESSAGE": "demande commentaire commentaires remarque remarques votre_besoin "
    "comment_pouvons_nous_vous_aider comment_peut_on_vous_aider en_quoi_pouvons_nous_vous_aider "
    "informations_complementaires precisions",
    "PERSON": "interlocuteur",
    "WORK": "professionnel professionnelle pro",
    "HOME": "personnel personnelle prive",
    "MAIN": "principal principale meilleur",
    "BILLING": "facturation",
    "ADDRESS": "adresse",
    "OTHER": "responsable parrain filleul ami amie urgence conjoint conjointe epoux epouse "
    "enfant pere mere tuteur chien chat animal assistante collegue accompagnateur destinataire "
    "expediteur referent parraine recommande",
    "FILLER": "votre vos ton ta tes le la les l un une de du d et ou est quel quelle quels "
    "quelles est_ce_que veuillez saisir indiquer entrer entrez saisissez renseigner obligatoire "
    "facultatif facultative optionnel optionnelle requis requise champ_obligatoire "
    "s_il_vous_plait svp travaillez_vous vous dans au pour merci_d_indiquer residence",
}
