from sklearn.utils.estimator_checks import parametrize_with_checks

from custseg.clustering import MinSizeGaussianMixture, MinSizeHDBSCAN, MinSizeKMeans


@parametrize_with_checks([MinSizeKMeans(3), MinSizeGaussianMixture(3), MinSizeHDBSCAN()])
def test_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)
